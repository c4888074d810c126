using System.Text.Json;
using Tenfold.App.Storage;
using Tenfold.App.Targets;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.App.Tests.Targets;

/// <summary>A server resolves targets on several threads and for months.</summary>
public sealed class Resolved_targets_are_remembered_while_they_are_used : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FrozenClock _clock = new();
    private readonly CountingKind _kind = new();
    private readonly TargetResolver _resolver;

    public Resolved_targets_are_remembered_while_they_are_used() => _resolver = new TargetResolver(
        () => [_kind], new StoreOpener(new FolderStore(_folder["store"]), "laptop", _clock), isLedgerHere: true, "", _clock);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_target_that_is_not_used_is_opened_again()
    {
        await FindAsync("one");
        for (var i = 0; i < 10; i++)
        {
            _clock.Pass(50);
            await FindAsync("one");
        }

        _kind.Opened.Count.ShouldBe(1);
        await FindAsync("other");
        _clock.Pass(70);
        await FindAsync("third");
        await FindAsync("one");
        _kind.Opened.ShouldBe(["one", "other", "third", "one"]);
    }

    [Fact]
    public async Task Several_threads_may_resolve_targets()
    {
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => FindAsync($"{i % 100}"))));
        _kind.Opened.Distinct().Count().ShouldBe(100);
        var before = _kind.Opened.Count;
        await FindAsync("42");
        _kind.Opened.Count.ShouldBe(before);
    }

    private async Task FindAsync(string place)
    {
        var work = new WorkSpec
        {
            Project = "toy",
            Snapshot = "s",
            Command = "true",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonElement.Parse("{}"),
            Target = new TargetSpec("counting", place, JsonElement.Parse("{}")),
        };
        (await _resolver.FindAsync(work, CancellationToken.None)).Target.ShouldNotBeNull();
    }

    private sealed class CountingKind : ITargetKind
    {
        public List<string> Opened { get; } = [];

        public TargetKindDeclaration Declaration { get; } = new("counting", []);

        public Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken)
        {
            lock (Opened) Opened.Add(spec.Place);
            return Task.FromResult<ITarget?>(new PricedTarget(() => new HourlyPrice(null)));
        }
    }
}
