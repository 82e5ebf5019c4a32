from tests.service.recommend.conftest import service, start_service

__all__ = ["service", "start_service"]
