using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class A_short_outage_of_the_store_costs_nothing : IDisposable
{
    private readonly Machine _machine = new();
    private readonly ShakyStore _store;

    public A_short_outage_of_the_store_costs_nothing() => _store = new ShakyStore(_machine.Store);

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_larger_than_memory_is_stored_later_and_does_not_delay_the_command(bool hangs)
    {
        // 17 MB with their times while the store is away; memory holds 8 MB.
        await SubmitAsync(
            $"echo up; until [ -e {_machine.Folder["go"]} ]; do sleep 0.05; done; seq 1 700000; echo " +
            $"'{{\"metric\":\"loss\",\"value\":3}}'; echo weights > $TENFOLD_MODEL_DIR/m; touch {_machine.Folder["printed"]}");
        using var node = new Node(_store);
        var run = node.RunAsync(_machine.Attempt());
        await Eventually.ShouldBeAsync(() => _machine.PrintedAsync().GetAwaiter().GetResult().Count > 0, "it runs");
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (hangs) _store.Hanging = hanging;
        else _store.IsDown = true;
        File.WriteAllText(_machine.Folder["go"], "");
        await Eventually.ShouldBeAsync(
            () => File.Exists(_machine.Folder["printed"]), "the command prints all it has while the store is away");
        _store.Hanging = null;
        hanging.SetResult();
        _store.IsDown = false;
        (await run).ShouldBeTrue(string.Join('\n', node.Said));
        var report = await _machine.ReportAsync();
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        report.Warnings.ShouldBeEmpty();
        (await _machine.PrintedAsync())
            .ShouldBe(["up", .. Enumerable.Range(1, 700_000).Select(i => $"{i}"), "{\"metric\":\"loss\",\"value\":3}"]);
        (await _machine.MetricsAsync())["loss"].Last.ShouldBe(3);
        (await _machine.KeptAsync("model/m")).ShouldBe("weights\n");
        Directory.GetFiles(node.Folder["home/spill"]).ShouldBeEmpty();
        if (!hangs) node.Said.ShouldContain(line => line.Contains("connection refused"));
    }

    [Fact]
    public async Task The_start_and_the_end_are_reported_after_the_outage()
    {
        await SubmitAsync(
            $"echo up; touch {_machine.Folder["up"]}; until [ -e {_machine.Folder["go"]} ]; do sleep 0.05; done; echo weights > " +
            "$TENFOLD_MODEL_DIR/m");
        using var node = new Node(_store);
        _store.IsDown = true;
        var run = node.RunAsync(_machine.Attempt());
        await Eventually.ShouldBeAsync(() => _store.Refusals > 2, "the store is asked again");
        _store.IsDown = false;
        await Eventually.ShouldBeAsync(() => File.Exists(_machine.Folder["up"]), "it runs");
        _store.IsDown = true;
        File.WriteAllText(_machine.Folder["go"], "");
        var refusals = _store.Refusals;
        await Eventually.ShouldBeAsync(() => _store.Refusals > refusals + 4, "the store is asked again");
        _store.IsDown = false;
        (await run).ShouldBeTrue();
        (await _machine.ReportAsync()).State.ShouldBe(AttemptState.Succeeded);
        (await _machine.KeptAsync("model/m")).ShouldBe("weights\n");
    }

    [Fact]
    public async Task A_store_that_never_answers_is_named_and_the_agent_fails()
    {
        _store.IsDown = true;
        using var node = new Node(_store);
        node.Settings = node.Settings with { StoreTimeout = TimeSpan.FromMilliseconds(600) };
        (await node.RunAsync(_machine.Attempt())).ShouldBeFalse();
        node.Said[0].ShouldContain("Trying again");
        node.Said[^1].ShouldContain(_machine.Store.Url);
        _store.Refusals.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Files_that_could_not_be_uploaded_stay_on_the_machine_and_are_named()
    {
        await SubmitAsync(
            $"echo up; touch {_machine.Folder["up"]}; until [ -e {_machine.Folder["go"]} ]; do sleep 0.05; done; echo late; echo " +
            "weights > $TENFOLD_MODEL_DIR/m");
        using var node = new Node(_store);
        node.Settings = node.Settings with { StoreTimeout = TimeSpan.FromMilliseconds(600) };
        var run = node.RunAsync(_machine.Attempt());
        await Eventually.ShouldBeAsync(() => File.Exists(_machine.Folder["up"]), "it runs");
        _store.IsDown = true;
        File.WriteAllText(_machine.Folder["go"], "");
        (await run).ShouldBeFalse();
        node.Said[^1].ShouldContain("could not be reported");
        var left = node.Folder[$"home/work/{Environment.MachineName}/{_machine.Attempt()}"];
        node.Said[^1].ShouldContain(left);
        File.ReadAllText($"{left}/model/m").ShouldBe("weights\n");
        File.ReadAllText(node.Folder[$"home/spill/{_machine.Attempt()}.log"]).ShouldContain(" o late\n");

        // The next agent on that machine leaves it there.
        _store.IsDown = false;
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync("true"))[0] with { Number = 2 });
        (await node.RunAsync(_machine.Attempt(2))).ShouldBeTrue();
        File.Exists($"{left}/model/m").ShouldBeTrue();
    }

    private async Task SubmitAsync(string command) =>
        await Node.SubmitAsync(_machine.Store, _machine.Assign(await _machine.SpecAsync(command))[0]);
}
