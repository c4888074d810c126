using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Runs;

namespace Tenfold.Cli.Remote;

/// <summary>Lists a server's runs and groups.</summary>
/// <param name="server">The server.</param>
/// <param name="state">Only runs in this state; null for all.</param>
/// <param name="limit">How many rows; null when the user names none.</param>
/// <param name="page">The page, from 1; null for the first.</param>
internal sealed class RemoteRuns(ServerClient server, RunState? state, int? limit, int? page)
{
    // What the API lists at most.
    private const int MostRuns = 10_000, MostGroups = 1_000;

    /// <summary>Lists runs.</summary>
    /// <param name="rows">How many when the user names no number; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandException">The server refuses; or there are more runs than it lists at a time.</exception>
    public async Task<IReadOnlyList<RunView>> ListAsync(int? rows, CancellationToken cancellationToken)
    {
        var wanted = limit ?? rows ?? (page is null ? MostRuns : 20);
        if (wanted > MostRuns) throw TooMany(MostRuns, "runs");
        var runs = await server.GetAsync(
            $"runs?limit={wanted}&page={page ?? 1}{StateQuery('&')}", ViewJson.Default.IReadOnlyListRunView, cancellationToken);
        // Programs add up what JSON lists, and rows left out silently would make their sums wrong.
        if (limit is null && rows is null && page is null && runs.Count == MostRuns) throw TooMany(MostRuns, "runs");
        if (rows is not null && runs.Count == wanted)
        {
            var next = await server.GetAsync(
                $"runs?limit={wanted}&page={(page ?? 1) + 1}{StateQuery('&')}", ViewJson.Default.IReadOnlyListRunView, cancellationToken);
            var filter = state is { } one ? $" --state {one.ToString().ToLowerInvariant()}" : "";
            if (next.Count > 0)
                Terminal.Say($"and more runs: tenfold runs{filter}{(limit is null ? "" : $" -n {limit}")} --page {(page ?? 1) + 1}");
        }

        return runs;
    }

    /// <summary>Lists a group's runs.</summary>
    /// <exception cref="CommandException">The server refuses.</exception>
    public Task<IReadOnlyList<RunView>> ListGroupRunsAsync(string id, CancellationToken cancellationToken) => server.GetAsync(
        $"groups/{Uri.EscapeDataString(id)}/runs{StateQuery('?')}", ViewJson.Default.IReadOnlyListRunView, cancellationToken);

    /// <summary>Lists groups, one more than are to be shown.</summary>
    /// <param name="all">True when a list that is cut must be refused.</param>
    /// <param name="rows">How many when the user names no number; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The groups, and how many of them are to be shown.</returns>
    /// <exception cref="CommandException">The server refuses; or there are more groups than it lists at a time.</exception>
    public async Task<(IReadOnlyList<GroupResultView> Groups, int Rows)> ListGroupsAsync(
        bool all, int? rows, CancellationToken cancellationToken)
    {
        var wanted = limit ?? rows ?? MostGroups;
        var asked = all ? wanted : wanted + 1;
        if (asked > MostGroups) throw TooMany(MostGroups, "groups");
        var groups = await server.GetAsync($"groups?limit={asked}", ViewJson.Default.IReadOnlyListGroupResultView, cancellationToken);
        if (all && limit is null && groups.Count == MostGroups) throw TooMany(MostGroups, "groups");
        return (groups, wanted);
    }

    private string StateQuery(char first) => state is { } one ? $"{first}state={one.ToString().ToLowerInvariant()}" : "";

    private static CommandException TooMany(int most, string what)
    {
        var fewer = what == "runs" ? "--limit and --page" : "--limit";
        return new(ExitCodes.BadInput, $"the server lists at most {most:N0} {what} at a time: ask for fewer with {fewer}");
    }
}
