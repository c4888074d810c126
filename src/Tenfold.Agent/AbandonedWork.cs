using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>The folders and processes that agents of single attempts left on this machine when they were killed.</summary>
/// <remarks>An agent holds a lock beside its attempt's folder while it lives. A free lock shows that the agent is gone.</remarks>
public static class AbandonedWork
{
    /// <summary>Marks the attempt's folder as in use, until disposed of.</summary>
    /// <returns>Null when another process uses it.</returns>
    public static FileLock? TryLock(AgentSettings settings, string attempt) => FileLock.TryAcquire(LockOf(settings, attempt));

    /// <summary>
    /// Ends the processes of attempts whose agents were killed, and removes their folders. Their checkpoints are in the store; the rest
    /// belongs to attempts that are lost.
    /// </summary>
    public static async Task CleanUpAsync(AgentSettings settings)
    {
        var work = new DirectoryInfo(Workspace.WorkFolder(settings));
        foreach (var folder in work.Exists ? work.GetDirectories() : [])
        {
            try
            {
                using var held = TryLock(settings, folder.Name);
                // Its agent may have ended and removed the folder since the folders were listed.
                if (held is null || !Directory.Exists(folder.FullName) || Workspace.IsUnsaved(folder.FullName)) continue;
                await ProcessTable.KillMarkedAsync(QueueLifecycle.Marker, folder.Name, settings.Time);
                new Workspace(folder).Delete();
                var spill = new DirectoryInfo(Path.Combine(settings.Home, "spill"));
                if (!spill.Exists) continue;
                foreach (var name in new[] { "log", "series" }) File.Delete(Path.Combine(spill.FullName, $"{folder.Name}.{name}"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                settings.Notify?.Invoke(
                    $"{folder.FullName}, which a killed agent left behind, could not be removed: {e.Message}");
            }
        }
    }

    private static string LockOf(AgentSettings settings, string attempt) => Path.Combine(Workspace.WorkFolder(settings), $"{attempt}.lock");
}
