using Tenfold.Core.Data;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;

namespace Tenfold.App.Fitting;

/// <summary>Records plans, and submits their runs to their target.</summary>
/// <param name="services">The services of this home.</param>
public sealed class Submitter(Services services)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Prepares the store and records a group with its runs. The control loop's next round submits the runs.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="onUpload">Called before each upload of a data channel.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The recorded group; or a refusal when its data has changed since it was planned.</returns>
    public async Task<Outcome<GroupRecord>> RecordAsync(FitPlan plan, Action<DataUpload> onUpload, CancellationToken cancellationToken)
    {
        if (await PrepareStoreAsync(plan.Group.Spec, onUpload, cancellationToken) is { } refusal) return refusal;
        await services.Ledger.AddGroupAsync(plan.Group, plan.Runs, cancellationToken);
        services.Log.GroupRecorded(plan.Group.Id, plan.Runs.Count, plan.Group.Target);
        return plan.Group;
    }

    /// <summary>Prepares the store and records a study. A study whose trials the user runs needs no store.</summary>
    /// <param name="study">The planned study.</param>
    /// <param name="onUpload">Called before each upload of a data channel.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The recorded study; or a refusal when its data has changed since it was planned.</returns>
    public async Task<Outcome<StudyRecord>> RecordAsync(
        StudyRecord study, Action<DataUpload> onUpload, CancellationToken cancellationToken)
    {
        if (study.Spec.Work is { } work && await PrepareStoreAsync(work, onUpload, cancellationToken) is { } refusal) return refusal;
        await services.Studies.AddStudyAsync(study, cancellationToken);
        services.Log.StudyRecorded(study.Id, study.Target);
        return study;
    }

    /// <summary>Submits a group's pending attempts, for a host that does not stay to watch the group.</summary>
    /// <returns>Why some attempts are still pending; null when all have been submitted.</returns>
    public async Task<string?> SubmitAsync(string group, CancellationToken cancellationToken)
    {
        var since = services.Time.GetTimestamp();
        var work = (await services.Ledger.FindGroupAsync(group, cancellationToken))?.Spec;
        while (true)
        {
            var round = await services.Controller.ReconcileForAsync(work, cancellationToken);
            var live = await services.Ledger.ListLiveAttemptsAsync(cancellationToken);
            var pending = live.Where(one => one.Group.Id == group && one.Attempt.State == AttemptState.Pending).ToList();
            if (pending.Count == 0) return null;
            if (round.Faults is [var fault, ..]) return fault.Detail;
            if (pending.Find(one => one.Attempt.Reason is not null) is { } waiting) return waiting.Attempt.Reason.Words();
            // Another process is submitting to this target. It submits these attempts too, or leaves them to this process.
            if (services.Time.GetElapsedTime(since) > Patience)
                return "another process is submitting runs to this target; run `tenfold runs` again to continue";
            await Task.Delay(TimeSpan.FromMilliseconds(100), services.Time, cancellationToken);
        }
    }

    // Uploads data that the target's machines may not see. Registers this ledger with the store, and with the folder that the target's
    // machines share, so that another ledger's garbage collection spares what this ledger uses.
    private async Task<Refusal?> PrepareStoreAsync(WorkSpec work, Action<DataUpload> onUpload, CancellationToken cancellationToken)
    {
        if (!services.Stores.Open(work.Store).Succeeded(out var store, out var refusal)) return refusal;
        if (store is IStoreRequirements requirements) await requirements.CheckAsync(cancellationToken);
        foreach (var (channel, data) in work.Data)
        {
            // The machine that executes a run fetches data from its origin itself.
            if (data.IsAtOrigin || work.IsLocal || DataPublisher.IsOnSameFileSystem(store, data.Path)) continue;
            services.Log.DataUploading(channel, data.SizeBytes, store.Url);
            onUpload(new DataUpload(channel, data.SizeBytes, store.Url));
            var publisher = new DataPublisher(store, services.Index, services.Time);
            if (await publisher.PublishAsync(data.Path, data.Hash, progress: null, cancellationToken) is { } fault)
                return Refusal.BadInput($"data channel '{channel}': {fault}");
        }

        var ledger = await services.Ledger.ReadIdAsync(cancellationToken);
        await LedgerRegistry.RegisterAsync(store, ledger, services.Database.Place, cancellationToken);
        // Several ledgers may deliver their agents to this folder.
        if ((await services.Targets.FindAsync(work, cancellationToken)).Target is { Target: ISharesFolder shares })
        {
            if (!shares.FolderOf(work).Succeeded(out var folder, out var unknown)) return unknown;
            await LedgerRegistry.RegisterAsync(new FolderStore(folder), ledger, services.Database.Place, cancellationToken);
        }

        services.Log.StorePrepared(store.Url);
        return null;
    }
}

/// <summary>A data channel is about to be uploaded to the store. Content that the store already has is not sent again.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="SizeBytes">Its whole size in bytes.</param>
/// <param name="StoreUrl">The store.</param>
public sealed record DataUpload(string Channel, long SizeBytes, string StoreUrl);
