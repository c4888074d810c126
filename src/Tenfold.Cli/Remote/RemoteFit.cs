using System.Text.Json.Nodes;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Views;
using Tenfold.Core.Git;
using Tenfold.Core.Queueing;
using Tenfold.Projects;

namespace Tenfold.Cli.Remote;

/// <summary>Asks a server to train the commit of a folder.</summary>
/// <param name="server">The server.</param>
internal sealed class RemoteFit(ServerClient server)
{
    /// <summary>Asks the server.</summary>
    /// <param name="folder">A folder in the project; null for the current one.</param>
    /// <param name="repeat">How many runs; null for what <c>tenfold.yaml</c> says.</param>
    /// <param name="target">The target's name; null for the file's only one.</param>
    /// <param name="priority">How urgent the runs are.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">The commit is not pushed; or the server refuses it.</exception>
    public async Task<GroupResultView> SubmitAsync(
        string? folder, int? repeat, string? target, RunPriority priority, CancellationToken cancellationToken)
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
        if (repeat is not null) body["repeat"] = repeat;
        if (target is not null) body["target"] = target;
        return await server.PostOnceAsync("fits", body, ViewJson.Default.GroupResultView, cancellationToken);
    }

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
