using Tenfold.Core.Outcomes;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>The folder that all nodes share: jobs start in it, and Slurm writes the output of their scripts into files there.</summary>
internal static class OutputFolder
{
    /// <summary>Finds the folder.</summary>
    /// <param name="options">The target's options, which may name the folder.</param>
    /// <param name="store">The store's URL. A store that is a folder contains the output folder.</param>
    /// <param name="home">The user's home, which most clusters share between their nodes; empty for none.</param>
    /// <returns>The folder; or BadInput: there is no such folder, or Slurm can't write there.</returns>
    public static Outcome<string> Find(SlurmOptions options, string store, string home)
    {
        var folder = options.Folder ?? (IsFolder(store) ? $"{store}/slurm" : home.Length > 0 ? $"{home}/.tenfold/slurm" : null);
        if (folder is null)
        {
            return Refusal.BadInput(
                "there is no home folder for the output of jobs (HOME is not set, or names no folder): "
                + "set the target's `folder` to one that all nodes share.");
        }

        // A backslash turns off %A and %a, and can't be escaped (`fname_create` in Slurm's source).
        return !folder.Contains('\\') ? folder
            : Refusal.BadInput(
                $"Slurm can't write the output of jobs into '{folder}', because the path contains a backslash: "
                + "set the target's `folder` to another one that all nodes share.");
    }

    /// <summary>True for a store that is a folder.</summary>
    public static bool IsFolder(string store) => !store.Contains("://", StringComparison.Ordinal);
}
