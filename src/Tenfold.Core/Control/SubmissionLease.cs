using Microsoft.Extensions.Logging;
using Tenfold.Core.Ledger;

namespace Tenfold.Core.Control;

/// <summary>The lease that lets one process at a time submit to a target, or process pushes.</summary>
/// <param name="ledger">The ledger.</param>
/// <param name="target">The target's name.</param>
/// <param name="holder">The name under which the lease is acquired, see <see cref="LeaseHolder"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where it logs.</param>
public sealed class SubmissionLease(ILedger ledger, string target, string holder, TimeProvider time, ILogger logger)
{
    // How long a target waits after its lease holder died on another machine. A holder that died on this machine is noticed at once.
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    private readonly string _name = $"start {target}";

    /// <summary>Acquires the lease.</summary>
    /// <returns>Null when another process holds it.</returns>
    public async Task<Lease?> TryAcquireAsync(CancellationToken cancellationToken)
    {
        var lease = await TryAcquireAsync(dead: null, cancellationToken);
        var other = lease is null ? (await ledger.FindLeaseAsync(_name, cancellationToken))?.Holder : null;
        if (other is not null && LeaseHolder.IsKnownDead(other)) lease = await TryAcquireAsync(other, cancellationToken);
        if (lease is not null) logger.LeaseAcquired(_name);
        else logger.LeaseHeldElsewhere(_name, other);
        return lease;
    }

    /// <summary>Renews the lease while an action runs: a busy scheduler or an offline store may take longer than the lease lasts.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="action">The action. It is cancelled when the lease is lost.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The action's result; null when the lease was lost. All renewals have ended when this returns.</returns>
    public async Task<T?> RunWithRenewalAsync<T>(Lease lease, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
        where T : class
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewal = RenewAsync(lease, lost, done.Token);
        try
        {
            return await action(lost.Token);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await done.CancelAsync();
            await renewal;
        }
    }

    private async Task RenewAsync(Lease lease, CancellationTokenSource lost, CancellationToken done)
    {
        try
        {
            do
                await Task.Delay(Duration / 4, time, done);
            while ((await TryAcquireAsync(dead: null, done))?.Token == lease.Token);
            logger.LeaseLost(_name);
            await lost.CancelAsync();
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The action has ended.
        }
        catch (LedgerException e)
        {
            // The lease expires by itself, and the ledger then refuses what is recorded under it.
            logger.LeaseNotRenewed(_name, e);
        }
    }

    private Task<Lease?> TryAcquireAsync(string? dead, CancellationToken cancellationToken) =>
        ledger.TryAcquireLeaseAsync(_name, holder, Duration, dead, cancellationToken);
}
