using Tenfold.Core.Control;
using Tenfold.Core.Queueing;
using Tenfold.Sql.Tests;

namespace Tenfold.Core.Tests.Control;

/// <content>Several controllers on a ledger in PostgreSQL.</content>
public sealed partial class A_limit_holds_runs_back
{
    [Fact]
    public async Task On_PostgreSQL_four_loops_exceed_neither_the_runs_nor_the_dollars()
    {
        using var cluster = PostgresCluster.Start();
        _url = cluster.Url(cluster.Create());
        _ledger = Open();
        _home = new HomeLimits(new RunLimits { Runs = 3 });
        // Each of these is expected to take its time limit, an hour at 4 dollars: two fit into 10 dollars.
        await AddAsync(
            "aaaaaaaa", "vision", 6, limits: new RunLimits { UsdPerDay = 10 }, usd: 4,
            resources: new() { MaxRuntime = TimeSpan.FromHours(1) });
        await AddAsync("bbbbbbbb", "speech", 6);
        var loops = Enumerable.Range(0, 4).Select(_ => Another(Open())).ToList();
        for (var round = 0; round < 24 && _target.Started.Count < 12; round++)
        {
            await Task.WhenAll(loops.Select(loop => loop.ReconcileAsync(CancellationToken.None)));
            _target.Has.Count.ShouldBeLessThanOrEqualTo(3);
            _target.Has.Keys.Count(attempt => attempt.StartsWith("aaaaaaaa", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(2);
            // A minute each: what they cost is far less than what was expected.
            foreach (var running in _target.Has.Keys.ToList()) await EndAsync(running, Noon, Noon.AddMinutes(1));
        }

        _target.Started.Select(one => one.Attempt).Distinct().Count().ShouldBe(12, "each started");
        _target.Started.Count.ShouldBe(12, "and none twice");
    }
}
