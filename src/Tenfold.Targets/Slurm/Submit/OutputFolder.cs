using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>The folder that all nodes share: jobs start in it, and Slurm writes what their scripts print into files there.</summary>
internal static class OutputFolder
{
    /// <summary>The user's home; empty when there is none.</summary>
    public static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The folder.</summary>
    /// <param name="options">May name it.</param>
    /// <param name="store">The store's URL; a folder has it inside.</param>
    /// <param name="home">The user's home, which clusters share as a rule; empty for none.</param>
    /// <exception cref="TargetException">There is none, or Slurm can't write there.</exception>
    public static string Of(SlurmOptions options, string store, string home)
    {
        var folder = options.Folder ?? (IsFolder(store) ? $"{store}/slurm"
            : home.Length > 0 ? $"{home}/.tenfold/slurm"
            : throw new TargetException(
                "there is no home folder for what jobs print (HOME is not set, or names no folder): "
                + "set `folder` for the target, to one that all nodes share."));
        // A backslash turns %A and %a off, and can't be escaped (`fname_create` in Slurm's source).
        return !folder.Contains('\\') ? folder
            : throw new TargetException(
                $"Slurm can't write what jobs print into '{folder}': it does not take a backslash. "
                + "Set `folder` for the target, to one without that all nodes share.");
    }

    /// <summary>True for a store that is a folder.</summary>
    public static bool IsFolder(string store) => !store.Contains("://", StringComparison.Ordinal);
}
