using Tenfold.Core.Environments;
using Tenfold.Core.Garbage;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Garbage;

public sealed partial class Leftovers_are_found
{
    [Theory]
    [InlineData(31, false, new[] { "built-environments/half", "built-environments/own" })]
    [InlineData(29, false, new string[0])]
    [InlineData(31, true, new[] { "built-environments/own" })]
    public async Task Environments_go_after_their_age_and_those_of_other_ledgers_stay(int days, bool another, string[] gone)
    {
        await RegisterAsync(_store);
        if (another) await RegisterAsync(_store, "another");
        await WriteEnvironmentAsync("own", await _ledger.ReadIdAsync(CancellationToken.None));
        await WriteEnvironmentAsync("others", "another");
        await WriteAsync(StoredEnvironment.ArchiveKey("half", "aa"));
        await WriteEnvironmentAsync("used", await _ledger.ReadIdAsync(CancellationToken.None));
        File.SetLastWriteTimeUtc(_folder[$"store/{StoredEnvironment.RecordKey("used")}"], DateTime.UtcNow.AddDays(days));
        _time.Now += TimeSpan.FromDays(days);
        var scan = await FindAsync();
        scan.Items.Select(item => item.Name).Order().ShouldBe(gone);
        foreach (var item in scan.Items) (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        foreach (var folder in gone) (await KeysAsync()).ShouldNotContain(key => key.StartsWith($"{folder}/", StringComparison.Ordinal));
        (await KeysAsync()).ShouldContain(StoredEnvironment.RecordKey("used"));
    }

    [Fact]
    public async Task An_environment_that_is_used_after_the_scan_stays()
    {
        await WriteEnvironmentAsync("own", await _ledger.ReadIdAsync(CancellationToken.None));
        _time.Now += TimeSpan.FromDays(31);
        var item = (await FindAsync()).Items.ShouldHaveSingleItem();
        await ContentUse.RecordAsync(_store, StoredEnvironment.UseKey("own"), _time, CancellationToken.None);
        (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).ShouldContain(StoredEnvironment.RecordKey("own"));
    }

    private async Task WriteEnvironmentAsync(string id, string ledger)
    {
        var record = new StoredEnvironment { Sha256 = "aa", SizeBytes = 1, Entries = 1, UnpackedBytes = 1, Ledger = ledger };
        await WriteAsync(StoredEnvironment.ArchiveKey(id, record.Sha256));
        await _store.WriteAsync(StoredEnvironment.RecordKey(id), record.ToJson(), CancellationToken.None);
    }
}
