using Tenfold.Agent.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>Saves a running command's checkpoints at intervals, and once more when it has ended.</summary>
/// <param name="settings">The interval and the clock.</param>
/// <param name="store">Where the sets go.</param>
/// <param name="attempt">The attempt.</param>
/// <param name="folder">Its checkpoint folder.</param>
/// <param name="retry">Retries the last upload.</param>
/// <param name="log">Receives notes for the user.</param>
public sealed class CheckpointSaver(
    AgentSettings settings, IStore store, string attempt, string folder, StoreRetry retry, AttemptLog log) : IDisposable
{
    private readonly FolderWatch? _watch = FolderWatch.Start(folder, settings.Time, () => FindOpen(attempt));
    private CheckpointWriter? _made;

    /// <summary>False while sets would fill the disk that the command needs; null when sets go elsewhere.</summary>
    public Func<bool>? HasRoom { get; init; }

    /// <summary>Saves until cancelled. A save that fails is retried after the interval.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(settings.CheckpointInterval, settings.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (HasRoom?.Invoke() == false) continue;
                    await Writer.SaveAsync(isLast: false, cancellationToken);
                }
                catch (Exception e) when (IsExternal(e))
                {
                    // The command's work is worth more than our copy of it.
                    settings.Log.CheckpointNotSaved(attempt, e);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The command has ended.
        }
    }

    /// <summary>The files that the attempt's processes have open for writing.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="group">The command's process group, which counts too; null for only those that carry the attempt's mark.</param>
    public static IReadOnlySet<FileId> FindOpen(string attempt, int? group = null) => OpenFiles.WrittenBy(
        ProcessTable.Marked(QueueLifecycle.Marker, attempt).Union(group is { } id ? ProcessTable.InGroup(id) : []));

    /// <summary>
    /// Saves what the command left, unless a file of it may be incomplete. The command has ended, and so has <see cref="RunAsync"/>.
    /// </summary>
    /// <param name="end">How the command ended.</param>
    /// <returns>A warning when it was not saved; null when it was, or when nothing changed.</returns>
    public async Task<Warning?> FinishAsync(WriterEnd end)
    {
        try
        {
            var last = await retry.RunAsync(() => Writer.SaveLastAsync(end, CancellationToken.None), CancellationToken.None);
            if (last.IsSaved) log.Note("the checkpoint is in the store");
            return last.Incomplete is { } file ? new Warning.CheckpointIncomplete(file, last.SavedAt?.ToUnixTimeMilliseconds()) : null;
        }
        catch (Exception e) when (IsExternal(e))
        {
            settings.Log.CheckpointNotSaved(attempt, e);
            return new Warning.CheckpointNotStored(e.Message);
        }
    }

    /// <summary>
    /// Finds a file that may be incomplete, in a folder that the next attempt uses as it is. The command has ended, and so has
    /// <see cref="RunAsync"/>.
    /// </summary>
    /// <param name="end">How the command ended.</param>
    /// <returns>A warning that names the file; null when the folder is whole.</returns>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public Warning.CheckpointIncomplete? FindIncomplete(WriterEnd end) =>
        Writer.FindIncomplete(end, CancellationToken.None) is { Incomplete: { } file } last
            ? new Warning.CheckpointIncomplete(file, last.SavedAt?.ToUnixTimeMilliseconds()) : null;

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    private CheckpointWriter Writer =>
        _made ??= new CheckpointWriter(store, attempt, folder, settings.Time, () => FindOpen(attempt), _watch);

    private static bool IsExternal(Exception e) => e is StoreException or IOException or UnauthorizedAccessException;
}
