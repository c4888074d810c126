using Tenfold.Aws.Batch;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Wire;

public sealed class Answers_are_bounded_and_checked : IDisposable
{
    private readonly AwsServer _aws = new();

    public void Dispose() => _aws.Dispose();

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read()
    {
        using var client = new BatchClient(_aws.Options with { MaxAnswerBytes = 1000 });
        _aws.On("DescribeJobs", AwsReply.As(200, new string(' ', 1001) + "{}"));
        var error = await Should.ThrowAsync<AwsException>(() => client.DescribeJobsAsync(new(["a"]), default));
        (error.Fault, error.Code, error.RequestId).ShouldBe((AwsFault.Server, "AnswerTooLarge", "request-1"));
        error.Message.ShouldContain("1,000 bytes");
        _aws.Calls.Length.ShouldBe(1);
    }

    [Fact]
    public async Task An_error_that_is_too_large_is_told_by_its_status()
    {
        using var client = new BatchClient(_aws.Options with { MaxAttempts = 1 });
        _aws.On("DescribeJobs", AwsReply.As(503, new string('x', 1 << 20)));
        var error = await Should.ThrowAsync<AwsException>(() => client.DescribeJobsAsync(new(["a"]), default));
        (error.Fault, error.Detail).ShouldBe((AwsFault.Server, ""));
    }

    [Theory]
    [InlineData("""{"jobs":[{"jobId":"a"}]}""")]
    [InlineData("""{"jobs":7}""")]
    [InlineData("""{"jobs":[{"jobId":"a","jobName":"n","status":"RUNNING","createdAt":1e300}]}""")]
    [InlineData("<html>welcome to the hotel's network</html>")]
    [InlineData("null")]
    [InlineData("")]
    public async Task An_answer_of_another_form_is_a_fault_of_the_server(string body)
    {
        using var client = new BatchClient(_aws.Options);
        _aws.On("DescribeJobs", AwsReply.As(200, body));
        var error = await Should.ThrowAsync<AwsException>(() => client.DescribeJobsAsync(new(["a"]), default));
        (error.Fault, error.Code).ShouldBe((AwsFault.Server, "AnswerUnreadable"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>welcome</html>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><ListStacksResponse>&b;</ListStacksResponse>")]
    [InlineData("<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>a</StackName><StackStatus>b</StackStatus>" +
        "<EnableTerminationProtection>maybe</EnableTerminationProtection></member></Stacks>" +
        "</DescribeStacksResult></DescribeStacksResponse>")]
    public async Task An_XML_answer_of_another_form_is_a_fault_of_the_server(string body)
    {
        using var client = new StacksClient(_aws.Options);
        _aws.On("DescribeStacks", AwsReply.As(200, body));
        var error = await Should.ThrowAsync<AwsException>(async () => await client.DescribeStacksAsync(new(), default).CountAsync());
        (error.Fault, error.Code).ShouldBe((AwsFault.Server, "AnswerUnreadable"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Credentials_do_not_follow_a_redirect(int status)
    {
        using var other = new AwsServer();
        using var client = new BatchClient(_aws.Options);
        _aws.On("DescribeJobs", AwsReply.As(status, "") with { Headers = new() { ["Location"] = other.Endpoint + "/v1/describejobs" } });
        var error = await Should.ThrowAsync<AwsException>(() => client.DescribeJobsAsync(new(["a"]), default));
        (error.Fault, error.Code).ShouldBe((AwsFault.Server, "Redirect"));
        other.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_listing_that_repeats_its_token_ends()
    {
        using var client = new BatchClient(_aws.Options);
        _aws.On("ListJobs", AwsReply.Ok(new { jobSummaryList = new[] { new { jobId = "a", jobName = "n" } }, nextToken = "same" }));
        (await client.ListJobsAsync(new() { JobQueue = "q" }, default).CountAsync()).ShouldBe(2);
    }
}
