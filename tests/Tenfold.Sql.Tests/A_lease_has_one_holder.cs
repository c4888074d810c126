using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class A_lease_has_one_holder(Engine engine) : IDisposable
{
    private const string Place = "local/here";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task The_holder_renews_it_and_others_are_refused()
    {
        var first = (await AcquireAsync("a")).ShouldNotBeNull();
        (await AcquireAsync("b")).ShouldBeNull();
        (await AcquireAsync("a")).ShouldBe(first);
        (await _test.Ledger.FindLeaseAsync(Place, CancellationToken.None)).ShouldNotBeNull()
            .ShouldSatisfyAllConditions(
                held => held.Holder.ShouldBe("a"), held => held.Token.ShouldBe(first.Token), held => held.IsHeld.ShouldBeTrue());
        (await _test.Ledger.FindLeaseAsync("elsewhere", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task The_next_holder_gets_a_higher_token()
    {
        var first = (await AcquireAsync("a", TimeSpan.Zero)).ShouldNotBeNull();
        (await _test.Ledger.FindLeaseAsync(Place, CancellationToken.None))!.IsHeld.ShouldBeFalse();
        var second = (await AcquireAsync("b", TimeSpan.Zero)).ShouldNotBeNull();
        second.Token.ShouldBeGreaterThan(first.Token);
        (await AcquireAsync("a")).ShouldNotBeNull().Token.ShouldBeGreaterThan(second.Token);
    }

    [Fact]
    public async Task The_token_is_higher_even_after_a_release()
    {
        var first = (await AcquireAsync("a")).ShouldNotBeNull();
        await _test.Ledger.ReleaseAsync(first, CancellationToken.None);
        (await _test.Ledger.FindLeaseAsync(Place, CancellationToken.None))!.ShouldSatisfyAllConditions(
            free => free.Holder.ShouldBeNull(), free => free.IsHeld.ShouldBeFalse());
        var second = (await AcquireAsync("b")).ShouldNotBeNull();
        second.Token.ShouldBeGreaterThan(first.Token);
        await _test.Ledger.ReleaseAsync(first, CancellationToken.None);
        (await AcquireAsync("a")).ShouldBeNull();
        await _test.Ledger.ReleaseAsync(second, CancellationToken.None);
        (await AcquireAsync("b")).ShouldNotBeNull().Token.ShouldBeGreaterThan(second.Token);
    }

    [Fact]
    public async Task The_lease_of_a_dead_holder_can_be_taken()
    {
        var first = (await AcquireAsync("a")).ShouldNotBeNull();
        (await AcquireAsync("b", dead: "c")).ShouldBeNull();
        (await AcquireAsync("b", dead: "a")).ShouldNotBeNull().Token.ShouldBeGreaterThan(first.Token);
        (await AcquireAsync("c", dead: "a")).ShouldBeNull();
    }

    [Fact]
    public async Task A_former_holder_can_change_nothing()
    {
        await _test.AddAsync(repeat: 2);
        var first = (await AcquireAsync("a", TimeSpan.Zero)).ShouldNotBeNull();
        // The lease has expired, but no other holder can have acted, because nobody has taken it over.
        (await _test.Ledger.ApplyAsync([Change(AttemptState.Queued)], first, CancellationToken.None)).ShouldBe(1);
        var second = (await AcquireAsync("b")).ShouldNotBeNull();
        (await _test.Ledger.ApplyAsync(
            [Change(AttemptState.Lost) with { IsRetried = true }, Change(AttemptState.Running, "k7m2xqab-2-1")], first,
            CancellationToken.None)).ShouldBe(0);
        (await _test.EventsAsync("k7m2xqab")).ShouldBe(["k7m2xqab created", "k7m2xqab-1-1 queued"]);
        (await _test.Ledger.ApplyAsync([Change(AttemptState.Running)], second, CancellationToken.None)).ShouldBe(1);
        await _test.Ledger.ReleaseAsync(second, CancellationToken.None);
        (await _test.Ledger.ApplyAsync([Change(AttemptState.Succeeded)], second, CancellationToken.None)).ShouldBe(0);
        (await _test.Ledger.ApplyAsync([Change(AttemptState.Succeeded)], new Lease("other", "b", 1), CancellationToken.None)).ShouldBe(0);
        (await _test.Ledger.ApplyAsync([Change(AttemptState.Succeeded)], null, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task Only_one_of_many_processes_gets_it()
    {
        await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None);
        var leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => _test.Open().TryAcquireLeaseAsync(Place, $"holder-{i}", Minute, null, CancellationToken.None))));
        leases.OfType<Lease>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task All_processes_see_one_name_of_the_ledger()
    {
        var names = await Task.WhenAll(Enumerable.Range(0, 10)
            .Select(_ => Task.Run(() => _test.Open().ReadIdAsync(CancellationToken.None))));
        names.Distinct().ShouldHaveSingleItem().ShouldMatch("^[a-z0-9]{12}$");
        using var other = new TestLedger();
        (await other.Ledger.ReadIdAsync(CancellationToken.None)).ShouldNotBe(names[0]);
    }

    private Task<Lease?> AcquireAsync(string holder, TimeSpan? duration = null, string? dead = null) =>
        _test.Ledger.TryAcquireLeaseAsync(Place, holder, duration ?? Minute, dead, CancellationToken.None);

    public sealed class On_SQLite() : A_lease_has_one_holder(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_lease_has_one_holder(Engine.Postgres);
}
