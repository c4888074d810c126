using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tenfold.Aws.Batch;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Wire;

public sealed class Calls_are_retried_where_that_is_safe : IDisposable
{
    private static readonly AwsReply Throttled = AwsReply.Error(429, "TooManyRequestsException");
    private static readonly AwsReply Failed = AwsReply.Error(500, "ServerException");
    private static readonly AwsReply NoJobs = AwsReply.Ok(new { jobs = Array.Empty<object>() });
    private readonly AwsServer _aws = new();
    private readonly BatchClient _batch;

    public Calls_are_retried_where_that_is_safe() => _batch = new(_aws.Options);

    public void Dispose()
    {
        _batch.Dispose();
        _aws.Dispose();
    }

    [Fact]
    public async Task A_throttled_submission_is_retried()
    {
        _aws.On("SubmitJob", Throttled, Throttled, AwsReply.Ok(Batch_calls.Submitted));
        (await _batch.SubmitJobAsync(Batch_calls.Job, default)).RequestId.ShouldBe("request-3");
    }

    [Fact]
    public async Task Throttling_that_lasts_is_reported()
    {
        _aws.On("DescribeJobs", Throttled);
        var error = await Should.ThrowAsync<AwsException>(() => _batch.DescribeJobsAsync(new(["a"]), default));
        (error.Fault, error.RequestId, error.MayHaveTakenEffect).ShouldBe((AwsFault.Throttled, "request-5", false));
        _aws.Calls.Length.ShouldBe(5);
    }

    [Fact]
    public async Task A_quota_is_not_taken_for_throttling()
    {
        using var stacks = new StacksClient(_aws.Options);
        _aws.On("CreateChangeSet", AwsReply.Error(400, "LimitExceededException", "at most 2,000 stacks"));
        var error = await Should.ThrowAsync<AwsException>(
            () => stacks.CreateChangeSetAsync(new("tenfold", "c") { ClientToken = "t" }, default));
        error.Fault.ShouldBe(AwsFault.Limit);
        _aws.Calls.Length.ShouldBe(1);
    }

    // The request may have made a job; only the caller can find out.
    [Theory]
    [InlineData("lost", AwsFault.Transport)]
    [InlineData("cut", AwsFault.Transport)]
    [InlineData("failed", AwsFault.Server)]
    public async Task A_submission_without_an_answer_is_not_repeated(string how, AwsFault fault)
    {
        // A first call, so that the second one meets a pooled connection, which the SDK and .NET would otherwise repeat.
        var whole = AwsReply.Ok(Batch_calls.Submitted);
        _aws.On("SubmitJob", whole, Faulty(how, whole), whole);
        await _batch.SubmitJobAsync(Batch_calls.Job, default);
        var error = await Should.ThrowAsync<AwsException>(() => _batch.SubmitJobAsync(Batch_calls.Job, default));
        (error.Fault, error.MayHaveTakenEffect).ShouldBe((fault, true));
        _aws.Calls.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("cut")]
    [InlineData("failed")]
    public async Task A_description_without_an_answer_is_repeated(string how)
    {
        _aws.On("DescribeJobs", Faulty(how, NoJobs), Faulty(how, NoJobs), NoJobs);
        await _batch.DescribeJobsAsync(new(["a"]), default);
        _aws.Calls.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("token", 2)]
    [InlineData(null, 1)]
    public async Task A_change_set_is_created_again_only_with_a_token(string? token, int calls)
    {
        using var stacks = new StacksClient(_aws.Options);
        _aws.On("CreateChangeSet", AwsReply.Lost, AwsReply.Ok(new { Id = "arn" }));
        var creation = stacks.CreateChangeSetAsync(new("tenfold", "c") { ClientToken = token }, default);
        if (token is not null) await creation;
        else (await Should.ThrowAsync<AwsException>(() => creation)).MayHaveTakenEffect.ShouldBeTrue();
        _aws.Calls.Length.ShouldBe(calls);
    }

    // The last attempt never arrived, but the first one did.
    [Fact]
    public async Task A_fault_remembers_what_earlier_attempts_may_have_done()
    {
        _aws.On("TerminateJob", AwsReply.Lost, AwsReply.Error(400, "ClientException"));
        (await Should.ThrowAsync<AwsException>(() => _batch.TerminateJobAsync(new("a", "b"), default))).MayHaveTakenEffect.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_connection_is_retried_because_no_request_arrived()
    {
        var port = FreePort.Find();
        using var client = new BatchClient(_aws.Options with { Endpoint = $"http://127.0.0.1:{port}", MaxAttempts = 3 });
        var error = await Should.ThrowAsync<AwsException>(() => client.SubmitJobAsync(Batch_calls.Job, default));
        (error.Fault, error.MayHaveTakenEffect, error.Code).ShouldBe((AwsFault.Transport, false, ""));
        error.Message.ShouldContain($"http://127.0.0.1:{port} gave no answer: Connection refused");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var time = new ManualTime();
        using var client = new BatchClient(_aws.Options with { Endpoint = $"http://{silent.LocalEndpoint}" }, time);
        var call = client.SubmitJobAsync(Batch_calls.Job, default);
        using var connection = await silent.AcceptTcpClientAsync();
        // The request is on its way.
        await connection.GetStream().ReadExactlyAsync(new byte[1]);
        time.Fire();
        var error = await Should.ThrowAsync<AwsException>(() => call);
        (error.Fault, error.MayHaveTakenEffect).ShouldBe((AwsFault.Transport, true));
        error.Message.ShouldContain("no answer in time");
    }

    [Fact]
    public async Task Cancellation_is_no_fault()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new BatchClient(_aws.Options with { Endpoint = $"http://{silent.LocalEndpoint}" });
        using var stop = new CancellationTokenSource();
        var call = client.DescribeJobsAsync(new(["a"]), stop.Token);
        using var connection = await silent.AcceptTcpClientAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_wrong_clock_is_corrected()
    {
        var ahead = DateTimeOffset.UtcNow.AddHours(3);
        _aws.On(
            "SubmitJob",
            AwsReply.Error(403, "InvalidSignatureException") with { Headers = new() { ["Date"] = ahead.ToString("R") } },
            AwsReply.Ok(Batch_calls.Submitted));
        await _batch.SubmitJobAsync(Batch_calls.Job, default);
        var dates = _aws.Calls.Select(call => DateTimeOffset.ParseExact(
            call.Headers["x-amz-date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).ToArray();
        (dates[1] - dates[0]).TotalMinutes.ShouldBeInRange(179, 181);
    }

    private static AwsReply Faulty(string how, AwsReply whole) => how switch
    {
        "lost" => AwsReply.Lost,
        "cut" => whole with { IsCut = true },
        _ => Failed,
    };
}
