using System.Net;
using Amazon.Runtime;
using Tenfold.Aws.Batch;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Logs;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Wire;

public sealed class Faults_have_kinds
{
    [Theory]
    // Throttled
    [InlineData(429, "TooManyRequestsException", "", AwsFault.Throttled)]
    [InlineData(400, "ThrottlingException", "Rate exceeded", AwsFault.Throttled)]
    [InlineData(503, "RequestLimitExceeded", "", AwsFault.Throttled)]
    [InlineData(400, "Throttling", "Rate exceeded", AwsFault.Throttled)]
    [InlineData(400, "ThrottledException", "", AwsFault.Throttled)]
    [InlineData(400, "RequestThrottled", "", AwsFault.Throttled)]
    [InlineData(400, "RequestThrottledException", "", AwsFault.Throttled)]
    [InlineData(503, "SlowDown", "", AwsFault.Throttled)]
    [InlineData(503, "EC2ThrottledException", "", AwsFault.Throttled)]
    [InlineData(429, "", "", AwsFault.Throttled)]
    // Denied
    [InlineData(403, "UnauthorizedOperation", "Encoded authorization failure message: x", AwsFault.Denied)]
    [InlineData(400, "AccessDeniedException", "", AwsFault.Denied)]
    [InlineData(403, "AccessDenied", "", AwsFault.Denied)]
    [InlineData(403, "UnrecognizedClientException", "", AwsFault.Denied)]
    [InlineData(403, "InvalidSignatureException", "", AwsFault.Denied)]
    [InlineData(401, "AuthFailure", "", AwsFault.Denied)]
    [InlineData(403, "SignatureDoesNotMatch", "", AwsFault.Denied)]
    [InlineData(403, "RequestTimeTooSkewed", "", AwsFault.Denied)]
    [InlineData(403, "RequestInTheFuture", "", AwsFault.Denied)]
    [InlineData(400, "ClientException", "User: x is not authorized to perform: iam:PassRole on resource: y", AwsFault.Denied)]
    [InlineData(403, "", "", AwsFault.Denied)]
    // Expired credentials
    [InlineData(403, "ExpiredToken", "", AwsFault.ExpiredCredentials)]
    [InlineData(403, "ExpiredTokenException", "", AwsFault.ExpiredCredentials)]
    [InlineData(400, "RequestExpired", "", AwsFault.ExpiredCredentials)]
    // Not found
    [InlineData(404, "ChangeSetNotFound", "", AwsFault.NotFound)]
    [InlineData(400, "ValidationError", "Stack [tenfold] does not exist", AwsFault.NotFound)]
    [InlineData(400, "ValidationError", "Stack with id tenfold does not exist", AwsFault.NotFound)]
    [InlineData(400, "ValidationException", "Requested resource not found.", AwsFault.NotFound)]
    [InlineData(400, "InvalidInstanceID.NotFound", "", AwsFault.NotFound)]
    [InlineData(400, "ResourceNotFoundException", "", AwsFault.NotFound)]
    [InlineData(400, "RepositoryNotFoundException", "", AwsFault.NotFound)]
    [InlineData(404, "NoSuchEntity", "", AwsFault.NotFound)]
    [InlineData(400, "NoSuchResourceException", "", AwsFault.NotFound)]
    // A quota
    [InlineData(400, "ResourceLimitExceeded", "'ml.X for training job usage' is 0 Instances", AwsFault.Limit)]
    [InlineData(400, "VcpuLimitExceeded", "", AwsFault.Limit)]
    [InlineData(400, "MaxSpotInstanceCountExceeded", "", AwsFault.Limit)]
    [InlineData(400, "LimitExceededException", "", AwsFault.Limit)]
    // No machine
    [InlineData(500, "InsufficientInstanceCapacity", "There is no Spot capacity available", AwsFault.Capacity)]
    [InlineData(400, "Unsupported", "", AwsFault.Capacity)]
    // The present state
    [InlineData(400, "ResourceInUse", "Training job names must be unique", AwsFault.Conflict)]
    [InlineData(400, "InvalidChangeSetStatus", "", AwsFault.Conflict)]
    [InlineData(400, "ImageTagAlreadyExistsException", "", AwsFault.Conflict)]
    [InlineData(400, "IdempotentParameterMismatch", "", AwsFault.Conflict)]
    [InlineData(400, "IdempotentInstanceTerminated", "", AwsFault.Conflict)]
    [InlineData(400, "IncorrectInstanceState", "", AwsFault.Conflict)]
    // A wrong request
    [InlineData(400, "ClientException", "Job size must be less than 30 KiB", AwsFault.Invalid)]
    [InlineData(400, "ClientException", "Job name should match valid pattern", AwsFault.Invalid)]
    [InlineData(400, "ClientException", "Maximum number of jobs supported is 100", AwsFault.Invalid)]
    [InlineData(400, "ValidationException", "The job is in status Stopped", AwsFault.Invalid)]
    [InlineData(400, "ValidationError", "Stack [x] cannot be deleted while TerminationProtection is enabled", AwsFault.Invalid)]
    [InlineData(400, "SomethingNew", "", AwsFault.Invalid)]
    // The service
    [InlineData(500, "ServerException", "", AwsFault.Server)]
    [InlineData(500, "InternalFailure", "", AwsFault.Server)]
    [InlineData(400, "RequestTimeout", "", AwsFault.Server)]
    [InlineData(502, "", "", AwsFault.Server)]
    public void Every_code_has_a_kind(int status, string code, string message, AwsFault fault) =>
        WireFaults.Classify(code, message, (HttpStatusCode)status).ShouldBe(fault);

    [Fact]
    public async Task A_fault_of_each_protocol_carries_code_message_and_request_id()
    {
        using var aws = new AwsServer();
        using var batch = new BatchClient(aws.Options);
        using var logs = new LogsClient(aws.Options);
        using var stacks = new StacksClient(aws.Options);
        // Batch names the code in a header, and may add a URL; the JSON 1.1 services name it in the body, with a namespace.
        aws.On("TerminateJob", AwsReply.As(400, """{"message":"no such job"}""") with
        {
            Headers = new() { ["x-amzn-ErrorType"] = "ClientException:http://internal.amazon.com/coral/com.amazonaws.batch/" },
        });
        aws.On("DeleteLogGroup", AwsReply.As(400, """{"__type":"com.amazonaws#ResourceNotFoundException","message":"no\n group."}"""));
        aws.On("DeleteStack", AwsReply.Error(400, "ValidationError", "bad & wrong"));

        var first = await Should.ThrowAsync<AwsException>(() => batch.TerminateJobAsync(new("a", "b"), default));
        (first.Service, first.Operation, first.Code, first.Detail, first.RequestId, first.Fault)
            .ShouldBe(("Batch", "TerminateJob", "ClientException", "no such job", "request-1", AwsFault.Invalid));
        first.Message.ShouldBe("Batch TerminateJob: ClientException: no such job (request request-1)");
        var second = await Should.ThrowAsync<AwsException>(() => logs.DeleteLogGroupAsync(new("/g"), default));
        (second.Service, second.Code, second.Detail, second.RequestId, second.Fault)
            .ShouldBe(("CloudWatch Logs", "ResourceNotFoundException", "no group", "request-2", AwsFault.NotFound));
        var third = await Should.ThrowAsync<AwsException>(() => stacks.DeleteStackAsync(new("tenfold"), default));
        (third.Code, third.Detail, third.RequestId, third.Fault)
            .ShouldBe(("ValidationError", "bad & wrong", "request-3", AwsFault.Invalid));
    }

    [Theory]
    [InlineData("<html>bad gateway</html>", 502, AwsFault.Server)]
    [InlineData("", 403, AwsFault.Denied)]
    [InlineData("[1]", 400, AwsFault.Invalid)]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 400, AwsFault.Invalid)]
    public async Task An_error_of_a_proxy_is_told_by_its_status(string body, int status, AwsFault fault)
    {
        using var aws = new AwsServer();
        var options = aws.Options with { MaxAttempts = 1 };
        using var batch = new BatchClient(options);
        using var stacks = new StacksClient(options);
        aws.On("DescribeJobs", AwsReply.As(status, body));
        aws.On("DescribeStacks", AwsReply.As(status, body));
        (await Should.ThrowAsync<AwsException>(() => batch.DescribeJobsAsync(new(["a"]), default))).Fault.ShouldBe(fault);
        var error = await Should.ThrowAsync<AwsException>(async () => await stacks.DescribeStacksAsync(new(), default).CountAsync());
        error.Fault.ShouldBe(fault);
    }

    [Fact]
    public async Task Expired_credentials_lead_to_a_login()
    {
        using var aws = new AwsServer();
        using var client = new SageMakerClient(aws.Options);
        aws.On("DescribeTrainingJob", AwsReply.Error(400, "ExpiredTokenException", "The security token is expired"));
        var error = await Should.ThrowAsync<AwsException>(() => client.DescribeTrainingJobAsync(new("a"), default));
        error.Fault.ShouldBe(AwsFault.ExpiredCredentials);
        error.Message.ShouldContain("aws sso login");
        aws.Calls.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("Unable to get IAM security credentials from EC2 Instance Metadata Service.", AwsFault.Denied)]
    [InlineData("No valid SSO Token could be found.", AwsFault.ExpiredCredentials)]
    public async Task Missing_credentials_are_reported_without_a_request(string words, AwsFault fault)
    {
        using var aws = new AwsServer();
        using var client = new BatchClient(aws.Options with { Credentials = new NoCredentials(words) });
        var error = await Should.ThrowAsync<AwsException>(() => client.SubmitJobAsync(Batch_calls.Job, default));
        (error.Fault, error.RequestId, error.MayHaveTakenEffect).ShouldBe((fault, null, false));
        error.Message.ShouldContain("aws sso login");
        aws.Calls.ShouldBeEmpty();
    }

    // The SDK itself says these words, so that a version with other words fails the test.
    [Fact]
    public async Task A_login_that_never_took_place_is_recognised_by_the_SDKs_words()
    {
        var sso = new SSOAWSCredentials(
            "123456789012", "eu-west-1", "role", $"https://{Guid.NewGuid():N}.awsapps.com/start",
            new SSOAWSCredentialsOptions { ClientName = "tenfold", SupportsGettingNewToken = false });
        var e = await Should.ThrowAsync<Exception>(() => sso.GetCredentialsAsync());
        AwsTexts.IsExpiredLogin(e).ShouldBeTrue(e.ToString());
    }

    [Theory]
    [InlineData("Login Token has expired and cannot be refreshed.", true)]
    [InlineData("SSO Token has expired and failed to refresh", true)]
    [InlineData("No credentials are associated with the profile", false)]
    public void Expired_logins_are_told_from_missing_credentials(string words, bool isExpired) =>
        AwsTexts.IsExpiredLogin(new AmazonClientException(words)).ShouldBe(isExpired);

    private sealed class NoCredentials(string words) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => throw new AmazonClientException(words);
    }
}
