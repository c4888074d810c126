using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Tenfold.Aws.Wire;

/// <summary>
/// Decides what is retried: throttled requests always, lost answers and failures of the service only when a second request does no harm.
/// The SDK adds requests that were refused because this machine's clock is wrong.
/// </summary>
internal sealed class WireRetries(WireConfig config, AwsOptions options, TimeProvider time) : StandardRetryPolicy(config)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(20);

    // Jitter keeps many processes from retrying at the same moment.
    private readonly Random _jitter = new(Environment.ProcessId ^ (int)time.GetTimestamp());

    /// <inheritdoc/>
    public override bool IsThrottlingError(Exception exception) =>
        exception is AmazonServiceException service && WireFaults.Classify(service) == AwsFault.Throttled;

    /// <inheritdoc/>
    public override void NotifyError(IExecutionContext executionContext, Exception exception)
    {
        if (WireFaults.LeavesOpen(exception)) ((WireRequest)executionContext.RequestContext.OriginalRequest).MayHaveTakenEffect = true;
        base.NotifyError(executionContext, exception);
    }

    /// <inheritdoc/>
    public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception)
    {
        if (executionContext.RequestContext.CancellationToken.IsCancellationRequested) return Task.FromResult(false);
        if (IsThrottlingError(exception) || WireFaults.NeverArrived(exception)) return Task.FromResult(true);
        var request = (WireRequest)executionContext.RequestContext.OriginalRequest;
        return request.Operation.IsRepeatable
            ? base.RetryForExceptionAsync(executionContext, exception)
            : Task.FromResult(false);
    }

    /// <inheritdoc/>
    public override Task WaitBeforeRetryAsync(IExecutionContext executionContext)
    {
        double part;
        lock (_jitter) part = 0.5 + _jitter.NextDouble() / 2;
        var pause = options.Pause * Math.Pow(2, Math.Clamp(executionContext.RequestContext.Retries - 1, 0, 10));
        return Task.Delay((pause < MaxPause ? pause : MaxPause) * part, time, executionContext.RequestContext.CancellationToken);
    }
}
