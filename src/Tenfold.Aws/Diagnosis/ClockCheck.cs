using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Diagnosis;

/// <summary>Compares this machine's clock with the one of AWS, which refuses requests that are signed more than five minutes off.</summary>
/// <param name="options">How to connect.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class ClockCheck(AwsOptions options, TimeProvider time)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2), Patience = TimeSpan.FromSeconds(10);

    /// <summary>Checks the clock.</summary>
    /// <param name="service">The service to ask. The request has no credentials, so the service refuses it, with its date.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when no answer has a date.</returns>
    public async Task<AccessCheck?> RunAsync(WireService service, CancellationToken cancellationToken)
    {
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
            using var client = new HttpClient(handler) { Timeout = Patience };
            using var answer = await client.GetAsync(new Uri(new WireConfig(service, options).Url), cancellationToken);
            return answer.Headers.Date is { } date ? Compare(date) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or TaskCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            // The other checks say that AWS can't be reached.
            return null;
        }
    }

    private AccessCheck Compare(DateTimeOffset theirs)
    {
        var ahead = time.GetUtcNow() - theirs;
        var minutes = $"{ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} AWS's";
        return ahead.Duration() <= Tolerance
            ? new AccessCheck("clock", "as AWS's")
            : new AccessCheck("clock", $"this machine's clock is {minutes}", "set it (timedatectl set-ntp true)");
    }
}
