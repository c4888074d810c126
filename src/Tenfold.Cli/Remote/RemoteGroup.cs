using System.Text.Json.Nodes;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Cli.Output;
using Tenfold.Cli.Watching;
using Tenfold.Core.Ledger;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Remote;

/// <summary>Follows groups of a server, and adds repeats to them.</summary>
/// <param name="server">The server.</param>
internal sealed class RemoteGroup(ServerClient server)
{
    /// <summary>Adds repeats to a group.</summary>
    /// <param name="id">Its id, or a unique beginning of it.</param>
    /// <param name="more">How many.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The group as it is now, and the ids of the further runs.</returns>
    /// <exception cref="CommandException">The server refuses.</exception>
    public async Task<(GroupResultView Group, IReadOnlyList<string> Added)> ExtendAsync(
        string id, int more, CancellationToken cancellationToken)
    {
        var before = await server.GetAsync($"groups/{Uri.EscapeDataString(id)}", ViewJson.Default.GroupResultView, cancellationToken);
        var body = new JsonObject { ["more"] = more, ["after"] = before.Group.Repeat };
        var now = await server.PostOnceAsync(
            $"groups/{Uri.EscapeDataString(before.Group.Id)}/runs", body, ViewJson.Default.GroupResultView, cancellationToken);
        return (now, [.. now.Runs.Select(run => run.Id).Except(before.Runs.Select(run => run.Id))]);
    }

    /// <summary>Follows a group until its runs have ended or the user leaves, and prints its result.</summary>
    /// <param name="group">The group.</param>
    /// <param name="added">The runs by which the group has just grown; null for all its runs.</param>
    /// <param name="json">True for JSON.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">The server refuses, or says what no server of this version says.</exception>
    public Task<int> FollowAsync(
        GroupResultView group, IReadOnlyList<string>? added, bool json, CancellationToken cancellationToken) =>
        ViewRecords.PrintAsync(async () =>
        {
            var (listing, path) = (ViewRecords.Of(group), $"groups/{Uri.EscapeDataString(group.Group.Id)}");
            List<RunRecord>? news = added is null ? null
                : [.. listing.Runs.Select(run => run.Run).Where(run => added.Contains(run.Id))];
            var watch = new RemoteWatch<GroupResultView, GroupSnapshot>(
                server, listing.Group.Id, path, ViewJson.Default.GroupResultView,
                (view, faults) => new GroupSnapshot(ViewRecords.Of(view).Runs, faults));
            var text = new GroupWatchText(listing.Group, TimeProvider.System, news);
            if (!await new Follower(new WatchLoop(TimeProvider.System, home: null)).FollowAsync(watch, text, cancellationToken))
            {
                Terminal.Say($"the server goes on with the runs: tenfold show {listing.Group.Id}, tenfold cancel {listing.Group.Id}");
                return ExitCodes.Interrupted;
            }

            var view = await server.GetAsync(path, ViewJson.Default.GroupResultView, cancellationToken);
            var ended = ViewRecords.Of(view);
            if (json) Json.Write([view], ViewJson.Default.IReadOnlyListGroupResultView);
            else GroupResultText.Print(ended, json: false);
            return ended.HasSucceeded ? ExitCodes.Success : ExitCodes.RunFailed;
        });

    /// <summary>Says which group was asked for, and how it has grown.</summary>
    public static string Grown(GroupResultView group, IReadOnlyList<string> added) =>
        $"{group.Group.Id}: {Numbers.Count(added.Count, "more run")}, {group.Group.Repeat} in all";
}
