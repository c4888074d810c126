using Tenfold.App.Serving.Keys;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Store;

namespace Tenfold.App.Tests.Serving;

public sealed class API_keys_are_shared_in_a_store : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Once_there_was_a_key_requests_need_one_for_ever()
    {
        var (laptop, gateway) = (Open(), Open());
        (await gateway.ReadAsync(default)).Value().ShouldBe(ApiKeySet.None);
        var key = (await laptop.AddAsync("web", 5, 2, default)).Value();
        var read = (await gateway.ReadAsync(default)).Value();
        read.IsRequired.ShouldBeTrue();
        var stored = read.Keys.ShouldHaveSingleItem();
        (stored.Name, stored.Rate, stored.Burst, stored.Sha256).ShouldBe(("web", 5, 2, ApiKey.Hash(key)));
        (await laptop.RemoveAsync("web", default)).Value().ShouldBe(stored);
        read = (await gateway.ReadAsync(default)).Value();
        (read.IsRequired, read.Keys.Count).ShouldBe((true, 0), "removing the last key opens the gateway to nobody");
        (await Open().ReadAsync(default)).Value().IsRequired.ShouldBeTrue("a gateway that starts later knows it too");
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            File.ReadAllText(file).ShouldNotContain(key);
    }

    [Fact]
    public async Task Keys_that_two_users_add_at_once_are_both_there()
    {
        var users = Enumerable.Range(0, 8).Select(_ => Open()).ToList();
        await Task.WhenAll(users.Select((user, i) => user.AddAsync($"key-{i}", null, null, default)));
        (await Open().ReadAsync(default)).Value().Keys.Select(key => key.Name).Order()
            .ShouldBe(Enumerable.Range(0, 8).Select(i => $"key-{i}"));
    }

    [Fact]
    public async Task Impossible_changes_are_refused()
    {
        var keys = Open();
        (await keys.AddAsync("a b", null, null, default)).Refusal().Kind.ShouldBe(RefusalKind.BadInput);
        (await keys.AddAsync("a", 0, null, default)).Refusal().Kind.ShouldBe(RefusalKind.BadInput);
        (await keys.ReadAsync(default)).Value().IsRequired.ShouldBeFalse("a refused key closes nothing");
        _ = (await keys.AddAsync("a", null, null, default)).Value();
        (await Open().AddAsync("a", null, null, default)).Refusal().Kind.ShouldBe(RefusalKind.AlreadyExists);
        (await keys.RemoveAsync("b", default)).Refusal().Kind.ShouldBe(RefusalKind.NotFound);
        File.WriteAllText(Path.Combine(_folder.Path, ApiKeyRecord.Folder, "000000000002.json"), "{");
        (await Open().ReadAsync(default)).Refusal().Kind.ShouldBe(RefusalKind.Damaged);
    }

    private ApiKeyRecord Open() => new(new FolderStore(_folder.Path), TimeProvider.System);
}
