namespace Tenfold.Core.Pushes;

/// <summary>The record of deliveries and pushes. Every call may throw <see cref="Ledger.LedgerException"/>.</summary>
public interface IPushLedger
{
    /// <summary>Records a delivery. Deliveries that arrive together are committed together.</summary>
    /// <returns>False when a delivery with this id was recorded before; nothing changes then.</returns>
    Task<bool> AddDeliveryAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Lists deliveries without their bodies, the newest first.</summary>
    Task<IReadOnlyList<Delivery>> ListDeliveriesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Finds the deliveries whose ids begin so, with their bodies; at most two.</summary>
    Task<IReadOnlyList<Delivery>> FindDeliveriesAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Lists the deliveries that wait, with their bodies, the oldest first.</summary>
    Task<IReadOnlyList<Delivery>> ListWaitingDeliveriesAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Lets a delivery wait again, so that it is read once more.</summary>
    /// <returns>False when its body was removed; nothing changes then.</returns>
    Task<bool> RedeliverAsync(string id, CancellationToken cancellationToken);

    /// <summary>Removes the bodies of deliveries that have been read. Their other facts stay, so that repetitions are recognised.</summary>
    /// <param name="before">Only deliveries that arrived earlier.</param>
    /// <param name="limit">How many at most, so that other writers need not wait long.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many bodies were removed.</returns>
    Task<int> RemoveBodiesAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Records in one transaction what became of deliveries, and the pushes that they lead to. A delivery that another server has completed
    /// is left as it is.
    /// </summary>
    Task CompleteDeliveriesAsync(IReadOnlyList<CompletedDelivery> deliveries, CancellationToken cancellationToken);

    /// <summary>Lists the pushes that have not ended, and those whose posts may be outstanding, the oldest first.</summary>
    Task<IReadOnlyList<PushRecord>> ListOpenPushesAsync(CancellationToken cancellationToken);

    /// <summary>Lists the newest pushes of a repository to one place, the newest first.</summary>
    Task<IReadOnlyList<PushRecord>> ListPushesAsync(string repository, PushRef place, int limit, CancellationToken cancellationToken);

    /// <summary>Lists the newest pushes of a repository to one place whose runs were recorded, the newest first.</summary>
    Task<IReadOnlyList<PushRecord>> ListPlannedPushesAsync(
        string repository, PushRef place, int limit, CancellationToken cancellationToken);

    /// <summary>Finds pushes by their ids. Those that are not recorded are left out.</summary>
    Task<IReadOnlyList<PushRecord>> FindPushesAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Replaces a push.</summary>
    /// <param name="push">The push.</param>
    /// <param name="isOpen">True while there is something left to do or to post.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task SavePushAsync(PushRecord push, bool isOpen, CancellationToken cancellationToken);

    /// <summary>Lists the schedules of all repositories.</summary>
    Task<IReadOnlyList<ScheduleRecord>> ListSchedulesAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the schedules of a repository. One that is like before stays, with what has been done of it.</summary>
    Task SaveSchedulesAsync(string repository, IReadOnlyList<ScheduleRecord> schedules, CancellationToken cancellationToken);

    /// <summary>Records in one transaction that a schedule was handled, and the push that stands for its work.</summary>
    /// <returns>False when another server has handled it since it was read; nothing changes then.</returns>
    Task<bool> StartScheduledAsync(
        ScheduleRecord before, ScheduleRecord after, PushRecord push, CancellationToken cancellationToken);
}

/// <summary>What became of a delivery.</summary>
/// <param name="Delivery">The delivery in its new state.</param>
/// <param name="Push">
/// The push that it leads to; null for none. Pushes to the same place that still wait are superseded by it, unless it keeps them.
/// </param>
public sealed record CompletedDelivery(Delivery Delivery, PushRecord? Push);
