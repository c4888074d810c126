using Microsoft.Data.Sqlite;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Tests;

public sealed class Rounds_that_fail_are_told(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task The_status_and_the_metrics_show_that_the_last_round_failed()
    {
        await using (var ledger = new SqliteConnection($"Data Source={Path.Combine(scene.Services.Home, "ledger.db")};Pooling=False"))
        {
            await ledger.OpenAsync();
            await using var damage = ledger.CreateCommand();
            // A damaged record alone fails no round.
            damage.CommandText = "ALTER TABLE studies RENAME TO gone";
            await damage.ExecuteNonQueryAsync();
        }

        using var client = scene.Client(ServerRole.Read);
        var metrics = "";
        await Eventually.ShouldBeAsync(
            () =>
            {
                metrics = client.GetStringAsync(new Uri("/metrics", UriKind.Relative)).GetAwaiter().GetResult();
                return metrics.Contains("tenfold_server_faults 1\n");
            },
            "a round has failed");
        metrics.ShouldNotContain("tenfold_server_failed_rounds_total 0\n");
        var fault = (await scene.GetAsync("/api/v1/status")).GetProperty("faults").EnumerateArray().ShouldHaveSingleItem().GetString();
        fault.ShouldNotBeNull().ShouldStartWith("the last round failed: ");
        fault.ShouldContain("studies");
        fault.ShouldNotContain("   at ");
    }
}
