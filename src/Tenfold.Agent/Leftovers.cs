using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

namespace Tenfold.Agent;

/// <summary>What agents of single attempts left on this machine when they were killed.</summary>
/// <remarks>An agent holds a lock beside its attempt's folder while it lives; where the lock is free, nobody is at work any more.</remarks>
public static class Leftovers
{
    /// <summary>Says that the attempt's folder is in use, until disposed of.</summary>
    /// <returns>Null when another process uses it.</returns>
    public static FileLock? Hold(AgentSettings settings, string attempt) => FileLock.TryTake(LockOf(settings, attempt));

    /// <summary>Ends processes of attempts whose agents were killed, and removes their folders. Their checkpoints are in the store; the rest
    /// belongs to an attempt that is lost.</summary>
    public static void Clear(AgentSettings settings)
    {
        var work = new DirectoryInfo(Workspace.WorkFolder(settings));
        foreach (var folder in work.Exists ? work.GetDirectories() : [])
        {
            try
            {
                using var held = Hold(settings, folder.Name);
                // Its agent may have ended, and tidied up, since the folders were listed.
                if (held is null || !Directory.Exists(folder.FullName) || Workspace.IsLeft(folder.FullName)) continue;
                ProcessTable.KillMarked(QueueWork.Marker, folder.Name);
                new Workspace(folder).Delete();
                foreach (var name in new[] { "log", "series" }) File.Delete(Path.Combine(settings.Home, "spill", $"{folder.Name}.{name}"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                settings.Say?.Invoke($"{folder.FullName}, which an agent that was killed left behind, could not be removed: {e.Message}");
            }
        }
    }

    private static string LockOf(AgentSettings settings, string attempt) => Path.Combine(Workspace.WorkFolder(settings), $"{attempt}.lock");
}
