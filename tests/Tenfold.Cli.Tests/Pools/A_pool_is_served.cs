
namespace Tenfold.Cli.Tests.Pools;

public sealed class A_pool_is_served
{
    private const string Target = "targets: { lab: { kind: pool } }\nstore: ../store";

    [Fact]
    public async Task A_run_starts_on_a_machine_of_the_pool_and_the_machine_drains()
    {
        await using var place = new Sandbox().Toy(more: Target);
        (await place.Run("pool", "status", "lab")).With(0).Error.ShouldContain("no machine serves the pool lab");
        using var agent = place.Start("agent", "serve", "--pool", "lab");
        var group = await place.Fit("--on", "lab", "--repeat", "3");
        group.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("state").GetString())
            .ShouldAllBe(state => state == "succeeded");
        var pool = await place.Json("pool", "status", "lab", "--json");
        pool.GetProperty("waiting").GetInt32().ShouldBe(0);
        var machine = pool.GetProperty("machines").EnumerateArray().ShouldHaveSingleItem();
        machine.GetProperty("state").GetString().ShouldBeOneOf("idle", "busy");
        (await place.Run("pool", "drain", "lab", "elsewhere")).With(3).Error.ShouldContain(machine.GetProperty("machine").GetString()!);
        (await place.Run("pool", "drain", "lab")).With(0);
        (await agent.EndAsync()).With(0);
        (await place.Json("pool", "status", "lab", "--json")).GetProperty("machines").EnumerateArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_unit_starts_the_agent_as_systemd_wants_it()
    {
        await using var place = new Sandbox();
        var unit = (await place.Run(
            "agent", "unit", "--pool", "lab", "--store", "/shared/50% $tore", "--secret", "HF_TOKEN", "--pass", "HF_HOME")).With(0).Out;
        unit.ShouldContain("agent serve --pool lab --store \"/shared/50%% $$tore\" --drain-for 600 --secret HF_TOKEN --pass HF_HOME\n");
        foreach (var line in new[] { "KillMode=mixed", "Restart=on-failure", "StartLimitIntervalSec=0", "TimeoutStopSec=720" })
            unit.Split('\n').ShouldContain(line);
        unit.Split('\n').ShouldContain($"Environment=TENFOLD_HOME={place.Home}");
    }

    [Fact]
    public async Task A_unit_switches_off_a_machine_that_is_done()
    {
        await using var place = new Sandbox();
        var unit = (await place.Run(
            "agent", "unit", "--pool", "ten", "--store", "/shared", "--idle", "5m", "--lifetime", "12h")).With(0).Out.Split('\n');
        unit.ShouldContain(line => line.EndsWith("--drain-for 30 --idle 300s --lifetime 43200s", StringComparison.Ordinal));
        unit.ShouldContain("SuccessExitStatus=9");
        unit.ShouldContain("""ExecStopPost=+/bin/sh -c 'test "$$EXIT_STATUS" != 9 || exec /usr/bin/systemctl poweroff'""");
        unit.ShouldContain(
            "ExecStartPre=-+/usr/bin/systemd-run --unit=tenfold-lifetime --on-boot=43200s /usr/bin/systemctl poweroff");
        (await place.Run("agent", "unit", "--pool", "ten", "--idle", "soon")).With(2).Error.ShouldContain("--idle must be a time");
    }

    [Fact]
    public async Task An_agent_without_work_ends_with_a_code_of_its_own()
    {
        await using var place = new Sandbox();
        (await place.Run("agent", "serve", "--pool", "ten", "--idle", "1s", "--instance", "i-0a")).With(9);
    }

    [Theory]
    [InlineData("a/b", "no name of a pool")]
    [InlineData("", "no name of a pool")]
    public async Task A_wrong_name_is_refused(string name, string words)
    {
        await using var place = new Sandbox();
        (await place.Run("agent", "serve", "--pool", name)).With(2).Error.ShouldContain(words);
        (await place.Run("pool", "status", name)).With(2).Error.ShouldContain(words);
    }

    [Fact]
    public async Task A_secret_that_the_agent_does_not_have_is_refused()
    {
        await using var place = new Sandbox();
        (await place.Run("agent", "serve", "--pool", "lab", "--secret", "NO_SUCH_TOKEN")).With(2).Error.ShouldContain("NO_SUCH_TOKEN");
    }

    [Fact]
    public async Task The_pool_of_another_project_is_not_looked_for_in_this_projects_store()
    {
        await using var place = new Sandbox().Toy(more: "targets: { gpus: { kind: pool, pool: shared } }\n");
        var refused = (await place.Run("pool", "status", "lab")).With(3).Error;
        foreach (var words in new[] { "has no pool lab", "it has shared", "--store" }) refused.ShouldContain(words);
        (await place.Run("pool", "drain", "lab")).With(3).Error.ShouldContain("has no pool lab");
        (await place.Run("pool", "status", "shared")).With(0).Error.ShouldContain("no machine serves the pool shared");
        (await place.Run("pool", "status", "lab", "--store", place.Outside)).With(0).Error.ShouldContain("no machine serves the pool lab");
    }
}
