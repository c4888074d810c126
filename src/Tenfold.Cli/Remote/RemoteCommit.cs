using System.Text.Json.Nodes;
using Tenfold.App.Pushes.Submitting;
using Tenfold.Core.Git;
using Tenfold.Core.Queueing;
using Tenfold.Projects;

namespace Tenfold.Cli.Remote;

/// <summary>Names the commit of a folder to a server.</summary>
internal static class RemoteCommit
{
    /// <summary>Finds the commit.</summary>
    /// <param name="folder">A folder in the project; null for the current one.</param>
    /// <param name="target">The target's name; null for the file's only one.</param>
    /// <param name="priority">How urgent the runs are.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The beginning of a request's body.</returns>
    /// <exception cref="CommandException">The commit is not pushed.</exception>
    public static async Task<JsonObject> FindAsync(
        string? folder, string? target, RunPriority priority, CancellationToken cancellationToken)
    {
        var pushed = await FindAsync(folder ?? ".", cancellationToken);
        var body = new JsonObject
        {
            ["repository"] = pushed.Remote,
            ["branch"] = pushed.Branch,
            ["commit"] = pushed.Commit,
            ["project"] = pushed.Folder,
            ["priority"] = priority.ToString().ToLowerInvariant(),
        };
        if (target is not null) body["target"] = target;
        return body;
    }

    /// <summary>Refuses an option that a server doesn't know: it would silently be ignored.</summary>
    public static CommandException Refuse(string option) => new(
        ExitCodes.BadInput,
        $"a server can't be asked for {option}: it trains a commit as its tenfold.yaml says; change the file, commit and push");

    private static async Task<PushedCommit> FindAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder) || ProjectFinder.Find(folder) is not { } file)
        {
            throw new CommandException(
                ExitCodes.BadInput,
                $"a server trains projects with a {ProjectFinder.FileName}, and there is none in {Path.GetFullPath(folder)} or above");
        }

        try
        {
            return await PushedCommit.FindAsync(
                Path.GetDirectoryName(file)!, ProcessServices.ReadVariables(), TimeProvider.System, cancellationToken).OrFailAsync();
        }
        catch (GitException e)
        {
            throw new CommandException(ExitCodes.Unavailable, e.Message);
        }
    }
}
