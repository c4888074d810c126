using Microsoft.Extensions.Logging;
using Tenfold.App.Pushes.Answers;
using Tenfold.App.Pushes.Planning;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;

namespace Tenfold.App.Pushes;

/// <summary>Lets pushes proceed: plans those that wait, and judges those whose runs have ended. One server at a time does so.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="repositories">The repositories of the server.</param>
/// <param name="logger">Where it logs.</param>
/// <param name="rest">After what time a host that did not answer is asked again; null for 30 s.</param>
/// <param name="mail">Sends e-mail; null when no mail server is set up.</param>
public sealed class PushRounds(
    Services services, RepositoryAccess repositories, ILogger<PushRounds> logger, TimeSpan? rest = null, IMailSender? mail = null)
    : IDisposable
{
    /// <summary>The name of the lease under which a server works with the copies of repositories.</summary>
    internal const string LeaseName = "pushes";

    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private readonly TimeSpan _rest = rest ?? TimeSpan.FromSeconds(30);
    private readonly PushPlanner _planner = new(services, repositories);
    private readonly PushFollower _follower = new(services);
    private readonly PushPoster _poster = new(services, repositories, new PushFollower(services), mail, logger);
    private readonly SubmissionLease _lease = new(services.Ledger, LeaseName, LeaseHolder.New(), services.Time, logger);
    private readonly Dictionary<string, long> _postponed = [], _unanswered = [];

    /// <inheritdoc/>
    public void Dispose() => _poster.Dispose();

    /// <summary>Runs one round.</summary>
    /// <exception cref="LedgerException">The ledger can't be read or written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if ((await services.Pushes.ListOpenPushesAsync(cancellationToken)).Count == 0) return;
        if (await _lease.TryAcquireAsync(cancellationToken) is not { } lease) return;
        try
        {
            await _lease.RunWithRenewalAsync(lease, async token => await RunHeldAsync(token), cancellationToken);
        }
        finally
        {
            await services.Ledger.ReleaseAsync(lease, CancellationToken.None);
        }
    }

    private async Task<string> RunHeldAsync(CancellationToken cancellationToken)
    {
        // Again, since the lease's last holder may have gone on.
        var open = await services.Pushes.ListOpenPushesAsync(cancellationToken);
        Forget(_postponed, open);
        Forget(_unanswered, open);
        foreach (var push in open)
        {
            if (Rests(_postponed, push)) continue;
            try
            {
                await ProceedAsync(push, cancellationToken);
            }
            catch (Exception e) when (e is not LedgerException
                && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                // Whatever fails, be it a repository, a store, a target or a defect, must not keep other pushes from proceeding.
                logger.PushPostponed(push.Id, push.Repository, e);
                _postponed[push.Id] = services.Time.GetTimestamp();
                await RecordFailureAsync(push.Id, e, cancellationToken);
            }
        }

        return "";
    }

    // What was recorded before the failure stays.
    private async Task RecordFailureAsync(string id, Exception error, CancellationToken cancellationToken)
    {
        var open = await services.Pushes.ListOpenPushesAsync(cancellationToken);
        if (open.FirstOrDefault(push => push.Id == id) is not { } push) return;
        var now = services.Time.GetUtcNow();
        if (push.FailingSince is not { } since)
        {
            await services.Pushes.SavePushAsync(push with { FailingSince = now }, isOpen: true, cancellationToken);
            return;
        }

        if (now - since <= Patience) return;
        logger.PushGivenUp(push.Id, push.Repository, error);
        var given = push with { FailingSince = null };
        if (!IsEnded(push)) given = given with { State = PushState.Failed, Detail = $"it failed for three days: {error.Message}" };
        // What could not be planned is answered still; what could not be answered is left.
        await services.Pushes.SavePushAsync(given, isOpen: !IsEnded(push), cancellationToken);
    }

    private static bool IsEnded(PushRecord push) => push.State is not (PushState.Waiting or PushState.Running);

    private async Task ProceedAsync(PushRecord push, CancellationToken cancellationToken)
    {
        var before = push;
        if (push.State == PushState.Waiting) push = await _planner.PlanAsync(push, cancellationToken);
        if (push.State == PushState.Running) push = await _follower.FollowAsync(push, cancellationToken);
        if (!IsEnded(before)) push = push with { FailingSince = null };
        if (push != before) await services.Pushes.SavePushAsync(push, isOpen: true, cancellationToken);
        var isEnded = IsEnded(push);
        if (isEnded && push.State != before.State) logger.PushEnded(push.Id, push.Repository, push.State);
        // The work goes on whether or not its answers arrive.
        if (Rests(_unanswered, push)) return;
        (push, var isComplete) = await _poster.PostAsync(
            push, posted => services.Pushes.SavePushAsync(posted, isOpen: true, cancellationToken), cancellationToken);
        if (!isComplete) _unanswered[push.Id] = services.Time.GetTimestamp();
        else if (isEnded) await services.Pushes.SavePushAsync(push, isOpen: false, cancellationToken);
    }

    private bool Rests(Dictionary<string, long> since, PushRecord push) =>
        since.TryGetValue(push.Id, out var at) && services.Time.GetElapsedTime(at) < _rest;

    private static void Forget(Dictionary<string, long> since, IEnumerable<PushRecord> open)
    {
        foreach (var gone in since.Keys.Except(open.Select(push => push.Id)).ToList()) since.Remove(gone);
    }
}
