using Tenfold.Core.Attempts;
using Tenfold.Core.Garbage;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Garbage;

public sealed partial class Leftovers_are_found
{
    [Theory]
    [InlineData(8, false, new[] { "environments/gone.txt", "environments/old.txt" })]
    [InlineData(6, false, new string[0])]
    [InlineData(8, true, new string[0])]
    public async Task Lists_of_packages_that_no_attempt_ran_with_go(int days, bool another, string[] gone)
    {
        await AddAsync();
        await RegisterAsync(_store);
        if (another) await RegisterAsync(_store, "another");
        await WriteAsync("environments/gone.txt", "environments/old.txt", "environments/used.txt");
        await ReportAsync(Attempt, "used");
        // The ledger does not know this attempt, and it is another ledger's.
        await ReportAsync("unknown-1-1", "gone");
        _time.Now += TimeSpan.FromDays(days);
        var scan = await FindAsync();
        scan.Items.Select(item => item.Name).ShouldBe(gone);
        foreach (var item in scan.Items) (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).Where(key => key.StartsWith("environments", StringComparison.Ordinal)).Count().ShouldBe(3 - gone.Length);
    }

    [Fact]
    public async Task A_list_of_packages_that_is_written_again_after_the_scan_stays()
    {
        await AddAsync();
        await RegisterAsync(_store);
        await WriteAsync("environments/old.txt");
        File.SetLastWriteTimeUtc(_folder["store/environments/old.txt"], DateTime.UtcNow.AddDays(-8));
        var item = (await FindAsync()).Items.ShouldHaveSingleItem();
        await WriteAsync("environments/old.txt");
        (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).ShouldContain("environments/old.txt");
    }

    private Task ReportAsync(string attempt, string packages) => new AttemptReports(_store).WriteAsync(
        attempt,
        new AttemptReport
        {
            State = AttemptState.Succeeded,
            Ledger = "anothers",
            Environment = new RunEnvironment { Platform = "Linux", Packages = packages },
        },
        CancellationToken.None);
}
