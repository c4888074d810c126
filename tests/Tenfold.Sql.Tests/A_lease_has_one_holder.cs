using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public abstract class A_lease_has_one_holder(Engine engine) : IDisposable
{
    private const string Place = "local/here";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task Who_keeps_it_by_renewing_it()
    {
        var first = (await FindLeaseAsync("a")).ShouldNotBeNull();
        (await FindLeaseAsync("b")).ShouldBeNull();
        (await FindLeaseAsync("a")).ShouldBe(first);
        (await _book.Ledger.FindLeaseAsync(Place, CancellationToken.None)).ShouldNotBeNull()
            .ShouldSatisfyAllConditions(
                held => held.Holder.ShouldBe("a"), held => held.Token.ShouldBe(first.Token), held => held.IsHeld.ShouldBeTrue());
        (await _book.Ledger.FindLeaseAsync("elsewhere", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task And_the_next_one_has_a_higher_token()
    {
        var first = (await FindLeaseAsync("a", TimeSpan.Zero)).ShouldNotBeNull();
        (await _book.Ledger.FindLeaseAsync(Place, CancellationToken.None))!.IsHeld.ShouldBeFalse();
        var second = (await FindLeaseAsync("b", TimeSpan.Zero)).ShouldNotBeNull();
        second.Token.ShouldBeGreaterThan(first.Token);
        (await FindLeaseAsync("a")).ShouldNotBeNull().Token.ShouldBeGreaterThan(second.Token);
    }

    [Fact]
    public async Task Also_after_it_was_given_back()
    {
        var first = (await FindLeaseAsync("a")).ShouldNotBeNull();
        await _book.Ledger.ReleaseAsync(first, CancellationToken.None);
        (await _book.Ledger.FindLeaseAsync(Place, CancellationToken.None))!.ShouldSatisfyAllConditions(
            free => free.Holder.ShouldBeNull(), free => free.IsHeld.ShouldBeFalse());
        var second = (await FindLeaseAsync("b")).ShouldNotBeNull();
        second.Token.ShouldBeGreaterThan(first.Token);
        await _book.Ledger.ReleaseAsync(first, CancellationToken.None);
        (await FindLeaseAsync("a")).ShouldBeNull();
        await _book.Ledger.ReleaseAsync(second, CancellationToken.None);
        (await FindLeaseAsync("b")).ShouldNotBeNull().Token.ShouldBeGreaterThan(second.Token);
    }

    [Fact]
    public async Task Unless_the_holder_is_known_to_be_dead()
    {
        var first = (await FindLeaseAsync("a")).ShouldNotBeNull();
        (await FindLeaseAsync("b", dead: "c")).ShouldBeNull();
        (await FindLeaseAsync("b", dead: "a")).ShouldNotBeNull().Token.ShouldBeGreaterThan(first.Token);
        (await FindLeaseAsync("c", dead: "a")).ShouldBeNull();
    }

    [Fact]
    public async Task And_what_a_former_holder_saw_changes_nothing()
    {
        await _book.AddAsync(repeat: 2);
        var first = (await FindLeaseAsync("a", TimeSpan.Zero)).ShouldNotBeNull();
        // Run out, and nobody has taken it over: nobody else can have acted.
        (await _book.Ledger.ApplyAsync([Change(AttemptState.Queued)], first, CancellationToken.None)).ShouldBe(1);
        var second = (await FindLeaseAsync("b")).ShouldNotBeNull();
        (await _book.Ledger.ApplyAsync(
            [Change(AttemptState.Lost) with { IsRetried = true }, Change(AttemptState.Running, "k7m2xqab-2-1")], first,
            CancellationToken.None)).ShouldBe(0);
        (await _book.EventsAsync("k7m2xqab")).ShouldBe(["k7m2xqab created", "k7m2xqab-1-1 queued"]);
        (await _book.Ledger.ApplyAsync([Change(AttemptState.Running)], second, CancellationToken.None)).ShouldBe(1);
        await _book.Ledger.ReleaseAsync(second, CancellationToken.None);
        (await _book.Ledger.ApplyAsync([Change(AttemptState.Succeeded)], second, CancellationToken.None)).ShouldBe(0);
        (await _book.Ledger.ApplyAsync([Change(AttemptState.Succeeded)], new Lease("other", "b", 1), CancellationToken.None)).ShouldBe(0);
        (await _book.Ledger.ApplyAsync([Change(AttemptState.Succeeded)], null, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_who_try_at_once_one_gets_it()
    {
        await _book.Ledger.LiveAsync(CancellationToken.None);
        var given =
            await Task.WhenAll(
                Enumerable.Range(0, 20)
                    .Select(i =>
                        Task.Run(() => _book.Open().TryAcquireLeaseAsync(Place, $"holder-{i}", Minute, null, CancellationToken.None))));
        given.OfType<Lease>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_ledger_has_a_name_of_its_own_whoever_asks_first()
    {
        var names = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => _book.Open().IdAsync(CancellationToken.None))));
        names.Distinct().ShouldHaveSingleItem().ShouldMatch("^[a-z0-9]{12}$");
        using var other = new Book();
        (await other.Ledger.IdAsync(CancellationToken.None)).ShouldNotBe(names[0]);
    }

    private Task<Lease?> FindLeaseAsync(string holder, TimeSpan? duration = null, string? dead = null) =>
        _book.Ledger.TryAcquireLeaseAsync(Place, holder, duration ?? Minute, dead, CancellationToken.None);

    public sealed class On_SQLite() : A_lease_has_one_holder(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_lease_has_one_holder(Engine.Postgres);
}
