using System.Text;
using Tenfold.App.Serving.Replicas;

namespace Tenfold.App.Serving.Checking;

/// <summary>Tests a service that runs against the rules of the container contract that need no start and no stop.</summary>
/// <param name="service">Its address.</param>
/// <param name="options">What it is checked with.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Receives each result.</param>
internal sealed class ServiceCheck(Uri service, ConformanceOptions options, TimeProvider time, Action<RuleResult> report) : IDisposable
{
    private const int AtOnce = 20, LargeBytes = 6 * 1024 * 1024;

    private static readonly byte[][] BadBodies = ["{\"rows\": [1,"u8.ToArray(), [0xFF, 0xFE, .. " is no UTF-8"u8]];
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(2), SlowClientTimeout = TimeSpan.FromSeconds(5);

    private readonly InvocationClient _client = new(service, options.Timeout, time);

    /// <summary>The body of a valid request.</summary>
    public ReadOnlyMemory<byte> Sample { get; } = options.Sample ?? "{}"u8.ToArray();

    /// <summary>Tests that a service which has just become ready answers.</summary>
    public async Task CheckLoadedAsync(CancellationToken cancellationToken)
    {
        var answer = await InvokeAsync(Sample, cancellationToken);
        if (answer.IsFailure)
            Fail(
                ContractRule.ReadyOnlyOnceLoaded,
                $"a request right after the first 200 got {answer.Words}: answer GET /ping with 503 until the model is loaded");
        else Pass(ContractRule.ReadyOnlyOnceLoaded, $"a request right after the first 200 got {answer.Words}");
    }

    /// <summary>Tests the rules in order.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var single = await CheckAnswerAsync(cancellationToken);
        await CheckConcurrencyAsync(single, cancellationToken);
        await CheckBadJsonAsync(cancellationToken);
        await CheckLargeBodyAsync(cancellationToken);
        await CheckSlowClientAsync(cancellationToken);
        var ping = await PingProbe.AskAsync(service, PingTimeout, time, cancellationToken);
        if (ping.Kind == PingKind.Ready) Pass(ContractRule.StaysReady, "GET /ping got status 200");
        else Fail(ContractRule.StaysReady, $"GET /ping got {ping.Words} after the requests above");
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<ServiceAnswer> CheckAnswerAsync(CancellationToken cancellationToken)
    {
        var answer = await InvokeAsync(Sample, cancellationToken);
        if (options.Sample is null)
        {
            if (answer.IsFailure) Fail(ContractRule.Answers, $"the body {{}} got {answer.Words}: POST /invocations must be answered");
            else Pass(ContractRule.Answers, $"the body {{}} got {answer.Words}; give a sample to test a real request");
        }
        else if (answer.IsSuccess) Pass(ContractRule.Answers, $"the sample got {answer.Words}");
        else Fail(ContractRule.Answers, $"the sample got {answer.Words}, and a status from 200 to 299 is required");
        return answer;
    }

    private async Task CheckConcurrencyAsync(ServiceAnswer single, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => InvokeAsync(Sample, cancellationToken)));
        var different = answers.Where(answer => answer.Status != single.Status || answer.Status is null).ToList();
        if (different.Count == 0) Pass(ContractRule.AnswersConcurrently, $"{AtOnce} requests at once all got {single.Words}");
        else
            Fail(
                ContractRule.AnswersConcurrently,
                $"{different.Count} of {AtOnce} requests at once got another answer than one alone ({different[0].Words})");
    }

    private async Task CheckBadJsonAsync(CancellationToken cancellationToken)
    {
        foreach (var body in BadBodies)
        {
            var answer = await InvokeAsync(body, cancellationToken);
            if (answer.IsRefusal) continue;
            var shown = Encoding.ASCII.GetString([.. body.Select(b => b is >= 0x20 and < 0x7f ? b : (byte)'?')]);
            Fail(ContractRule.RefusesBadJson, $"the body '{shown}' got {answer.Words}: answer what can't be read with status 400");
            return;
        }

        Pass(ContractRule.RefusesBadJson, "bodies that are no JSON got a status from 400 to 499");
    }

    private async Task CheckLargeBodyAsync(CancellationToken cancellationToken)
    {
        // White space after the value keeps the body valid.
        var body = new byte[LargeBytes];
        body.AsSpan().Fill((byte)' ');
        Sample.Span[..Math.Min(Sample.Length, LargeBytes)].CopyTo(body);
        var answer = await _client.InvokeAsync(body, expects: true, cancellationToken);
        if (answer.IsFailure)
            Fail(ContractRule.TakesLargeBody, $"a body of 6 MiB got {answer.Words}: answer it, or refuse it with status 413");
        else Pass(ContractRule.TakesLargeBody, $"a body of 6 MiB got {answer.Words}");
    }

    private async Task CheckSlowClientAsync(CancellationToken cancellationToken)
    {
        if (service.Scheme != Uri.UriSchemeHttp)
        {
            report(new RuleResult(ContractRule.SurvivesSlowClient, RuleVerdict.Skipped, "it is checked over plain HTTP only"));
            return;
        }

        using var slow = await HalfSentRequest.SendAsync(service, Sample, cancellationToken);
        using var impatient = new InvocationClient(service, SlowClientTimeout, time);
        var answer = await impatient.InvokeAsync(Sample, expects: false, cancellationToken);
        var ping = await PingProbe.AskAsync(service, PingTimeout, time, cancellationToken);
        if (slow is null) Fail(ContractRule.SurvivesSlowClient, "it can't be connected to");
        else if (answer.Status is null || ping.Kind != PingKind.Ready)
            Fail(
                ContractRule.SurvivesSlowClient,
                $"while a client had sent half of a request, another request got {answer.Words}, and GET /ping {ping.Words}: "
                + "answer requests in several threads or processes");
        else Pass(ContractRule.SurvivesSlowClient, $"while a client had sent half of a request, another request got {answer.Words}");
    }

    private Task<ServiceAnswer> InvokeAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        _client.InvokeAsync(body, expects: false, cancellationToken);

    private void Pass(ContractRule rule, string detail) => report(new RuleResult(rule, RuleVerdict.Passed, detail));

    private void Fail(ContractRule rule, string detail) => report(new RuleResult(rule, RuleVerdict.Failed, detail));
}
