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
        var before = await GetAsync(id, cancellationToken);
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
            if (!await WatchAsync(group, added, cancellationToken))
            {
                Terminal.Say($"the server goes on with the runs: tenfold show {group.Group.Id}, tenfold cancel {group.Group.Id}");
                return ExitCodes.Interrupted;
            }

            var view = await GetAsync(group.Group.Id, cancellationToken);
            var ended = ViewRecords.Of(view);
            if (json) Json.Write([view], ViewJson.Default.IReadOnlyListGroupResultView);
            else GroupResultText.Print(ended, json: false);
            return ended.HasSucceeded ? ExitCodes.Success : ExitCodes.RunFailed;
        });

    /// <summary>Follows a group until its runs have ended or the user leaves.</summary>
    /// <param name="group">The group's id.</param>
    /// <param name="added">The runs by which the group has just grown; empty for all its runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True at the end of the runs.</returns>
    /// <exception cref="CommandException">The server refuses, or says what no server of this version says.</exception>
    public Task<bool> WatchAsync(string group, IReadOnlyList<string> added, CancellationToken cancellationToken) =>
        ViewRecords.PrintAsync(async () =>
            await WatchAsync(await GetAsync(group, cancellationToken), added.Count == 0 ? null : added, cancellationToken));

    /// <summary>Gets a group.</summary>
    /// <exception cref="CommandException">The server refuses.</exception>
    public Task<GroupResultView> GetAsync(string group, CancellationToken cancellationToken) =>
        server.GetAsync(PathOf(group), ViewJson.Default.GroupResultView, cancellationToken);

    private Task<bool> WatchAsync(GroupResultView group, IReadOnlyList<string>? added, CancellationToken cancellationToken)
    {
        var listing = ViewRecords.Of(group);
        List<RunRecord>? news = added is null ? null : [.. listing.Runs.Select(run => run.Run).Where(run => added.Contains(run.Id))];
        var watch = new RemoteWatch<GroupResultView, GroupSnapshot>(
            server, listing.Group.Id, PathOf(listing.Group.Id), ViewJson.Default.GroupResultView,
            (view, faults) => new GroupSnapshot(ViewRecords.Of(view).Runs, faults));
        var text = new GroupWatchText(listing.Group, TimeProvider.System, news);
        return new Follower(new WatchLoop(TimeProvider.System, home: null)).FollowAsync(watch, text, cancellationToken);
    }

    private static string PathOf(string group) => $"groups/{Uri.EscapeDataString(group)}";

    /// <summary>Says which group was asked for, and how it has grown.</summary>
    public static string Grown(GroupResultView group, IReadOnlyList<string> added) =>
        $"{group.Group.Id}: {Numbers.Count(added.Count, "more run")}, {group.Group.Repeat} in all";
}
