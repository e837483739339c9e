"""DynamoDB, SQS, S3 and Secrets Manager: the only place that knows boto3."""
