namespace Tenfold.Aws.Double.Wire;

/// <summary>Errors that every service has, each with its own code.</summary>
internal static class Errors
{
    public static AwsErrorException Throttled(string service) => service switch
    {
        "batch" => new(429, "TooManyRequestsException", "Too Many Requests"),
        "ec2" => new(503, "RequestLimitExceeded", "Request limit exceeded."),
        "s3" => new(503, "SlowDown", "Please reduce your request rate."),
        "cloudformation" or "iam" or "sts" => new(400, "Throttling", "Rate exceeded"),
        _ => new(400, "ThrottlingException", "Rate exceeded"),
    };

    public static AwsErrorException Failed(string service) => service switch
    {
        "batch" => new(500, "ServerException", "Internal server error"),
        "ec2" => new(500, "InternalError", "An internal error has occurred"),
        "cloudformation" or "iam" or "sts" => new(500, "InternalFailure", "An internal error has occurred"),
        "s3" => new(500, "InternalError", "We encountered an internal error. Please try again."),
        _ => new(500, "InternalServerException", "An internal error has occurred"),
    };

    public static AwsErrorException Denied(string service, string operation, string who) => service switch
    {
        "ec2" => new(403, "UnauthorizedOperation",
            $"You are not authorized to perform this operation. User: {who} is not authorized to perform: ec2:{operation}. " +
            "Encoded authorization failure message: 8CKfuNZHCmr0fGsWdsVnFvJd8zPIk"),
        "s3" or "cloudformation" or "iam" or "sts" => new(403, "AccessDenied", Sentence(service, operation, who)),
        "batch" => new(403, "AccessDeniedException", Sentence(service, operation, who)),
        _ => new(400, "AccessDeniedException", Sentence(service, operation, who)),
    };

    public static AwsErrorException Expired(string service) => service switch
    {
        "ec2" => new(400, "RequestExpired", "Request has expired."),
        "s3" => new(400, "ExpiredToken", "The provided token has expired."),
        "cloudformation" or "iam" or "sts" => new(403, "ExpiredToken", "The security token included in the request is expired"),
        "batch" => new(403, "ExpiredTokenException", "The security token included in the request is expired"),
        _ => new(400, "ExpiredTokenException", "The security token included in the request is expired"),
    };

    public static AwsErrorException UnknownKey(string service) => service switch
    {
        "ec2" => new(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
        "s3" => new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
        "cloudformation" or "iam" or "sts" => new(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        _ => new(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
    };

    public static AwsErrorException WrongSignature(string service) => service switch
    {
        "ec2" => new(401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
        "batch" or "sagemaker" or "ecr" or "logs" or "ssm" or "service-quotas" =>
            new(403, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided."),
        _ => new(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."),
    };

    public static AwsErrorException Invalid(string service, string message) => service switch
    {
        "batch" => new(400, "ClientException", message),
        "ec2" => new(400, "InvalidParameterValue", message),
        "cloudformation" or "iam" or "sts" => new(400, "ValidationError", message),
        "ecr" or "logs" or "ecs" => new(400, "InvalidParameterException", message),
        _ => new(400, "ValidationException", message),
    };

    private static string Sentence(string service, string operation, string who) =>
        $"User: {who} is not authorized to perform: {(service == "ssm" ? "ssm" : service)}:{operation} on resource: *";
}
