namespace Tenfold.Cli.Tests.Pinning;

public sealed class Variables_are_pinned
{
    private const string Script =
        "echo \"HF=$HF_HOME SEED=$PYTHONHASHSEED MODE=$WANDB_MODE\"\necho '{\"metric\":\"accuracy\",\"value\":1}'\n";

    [Fact]
    public async Task Variables_of_the_project_and_the_command_line_are_set_and_recorded()
    {
        await using var place = new Sandbox().Toy(Script, "  env: { HF_HOME: /data/hf, PYTHONHASHSEED: 0 }");
        place.Variables["WANDB_MODE"] = "offline";
        place.Variables["PYTHONHASHSEED"] = "7";
        var fit = await place.Fit("--env", "PYTHONHASHSEED=1", "--env", "WANDB_MODE");
        (await place.Run("logs", fit.Group())).With(0).Out.ShouldContain("HF=/data/hf SEED=1 MODE=offline");
        fit.Text("group.variables.PYTHONHASHSEED").ShouldBe("1");
        (await place.Run("show", fit.Group())).With(0).Out.ShouldContain("HF_HOME=/data/hf PYTHONHASHSEED=1 WANDB_MODE=offline");

        var again = await place.Fit("--like", fit.Group());
        (await place.Run("logs", again.Group())).With(0).Out.ShouldContain("HF=/data/hf SEED=1 MODE=offline");
        var other = await place.Fit("--like", fit.Group(), "--env", "PYTHONHASHSEED=2");
        (await place.Run("compare", fit.Group(), other.Group())).Out.ShouldContain("environment variables differ: PYTHONHASHSEED");
        (await place.Run("compare", fit.Group(), again.Group())).Out.ShouldNotContain("variables");
    }

    [Fact]
    public async Task A_variable_of_the_shell_that_scripts_need_and_the_run_does_not_get_is_named_once()
    {
        await using var place = new Sandbox().Toy(Script, "  env: { HF_HOME: /data/hf }");
        foreach (var name in new[] { "HF_HOME", "PYTHONHASHSEED", "WANDB_API_KEY", "OMP_NUM_THREADS", "COLORTERM" })
            place.Variables[name] = "1";
        var ended = (await place.Run("fit", "--repeat", "3")).With(0).Saying(
            "PYTHONHASHSEED", "WANDB_API_KEY", "with --env PYTHONHASHSEED", "under `secrets`");
        ended.Error.Split("PYTHONHASHSEED, ").Length.ShouldBe(2);
        foreach (var passed in new[] { "HF_HOME", "OMP_NUM_THREADS", "COLORTERM" }) ended.Error.ShouldNotContain(passed);
    }

    [Theory]
    [InlineData("A: \"$HOME/data\"", "A as it is written")]
    [InlineData("A: \"x${HOME}\", B: ~/data", "and 1 more")]
    [InlineData("A: ~/data", "A as it is written")]
    [InlineData("A: a~b", null)]
    [InlineData("A: \"$5 ${no_such_variable} $\"", null)]
    public async Task A_value_that_a_shell_would_replace_is_named(string env, string? note)
    {
        await using var place = new Sandbox().Toy("echo \"<$A>\"\necho '{\"metric\":\"accuracy\",\"value\":1}'\n", $"  env: {{ {env} }}");
        var fit = (await place.Run("fit")).With(0);
        if (note is null) fit.Error.ShouldNotContain("as it is written");
        else fit.Saying(note, "does not replace $NAME");
    }

    [Fact]
    public async Task Variables_stay_pinned_when_a_group_is_repeated_or_retried()
    {
        await using var place = new Sandbox().Toy("exit 1", "  env: { HF_HOME: /data/hf }");
        var group = (await place.Run("fit", "--json")).Json[0].Group();
        place.Variables["HF_HOME"] = place.Variables["WANDB_MODE"] = "1";
        (await place.Run("fit", "--like", group)).Saying("this shell sets WANDB_MODE", "with --env WANDB_MODE").Error
            .ShouldNotContain("HF_HOME");
        (await place.Run("fit", "--like", group, "--env", "WANDB_MODE")).Error.ShouldNotContain("this shell sets");
        (await place.Run("retry", group)).Saying("this shell sets WANDB_MODE", $"tenfold fit --like {group}-1 --env").Error
            .ShouldNotContain("HF_HOME");
    }

    [Theory]
    [InlineData("HF_TOKEN=swordfish", "HF_TOKEN looks like a secret")]
    [InlineData("URL=https://me:swordfish@host", "URL looks like a secret")]
    [InlineData("PATH=swordfish", "it follows from the environment")]
    [InlineData("NOT_THERE", "this shell has no such variable")]
    [InlineData("A-B=swordfish", "letters, digits and '_'")]
    public async Task A_variable_that_cannot_be_recorded_is_refused_without_its_value(string argument, string fault)
    {
        await using var place = new Sandbox().Toy();
        var ended = (await place.Run("fit", "--env", argument)).With(ExitCodes.BadInput).Saying(fault);
        ended.Error.ShouldNotContain("swordfish");
        (await place.Run("runs", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_variable_that_is_given_twice_is_refused()
    {
        await using var place = new Sandbox().Toy();
        place.Variables["A"] = "swordfish";
        foreach (var second in new[] { "A=2", "A=1", "A" })
        {
            (await place.Run("fit", "--env", "A=1", "--env", "B=1", "--env", second)).With(ExitCodes.BadInput)
                .Saying("--env A: it is given twice; keep one").Error.ShouldNotContain("swordfish");
        }

        (await place.Run("runs", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_script_gets_negative_numbers_and_a_sweep_finds_them()
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", """
            name: negative
            train:
              script: train.py
              params: { shift: 0.0, note: plain, fast: false, depth: }
              metric: { name: loss, goal: minimize }
            sweep:
              method: grid
              parameters: { shift: { values: [-1.0e-4, -6.0e-5, 0.0] }, depth: { values: [null, 3] } }
            """);
        place.Write("train.py", """
            import argparse, json
            p = argparse.ArgumentParser()
            p.add_argument("--shift", type=float); p.add_argument("--note"); p.add_argument("--fast", action="store_true")
            p.add_argument("--depth", type=int)
            o = p.parse_args()
            loss = (o.shift * 1e4 + 0.6) ** 2 + (o.depth or 0) + 100 * o.fast + 1000 * (o.note == "-x")
            print(json.dumps({"metric": "loss", "value": loss}))
            """);
        (await place.Fit("-p", "shift=-6e-5", "-p", "note=-x", "-p", "fast=true", "-p", "depth=null")).Runs()[0].Number("value")
            .ShouldBe(1100);
        var best = (await place.Run("sweep", "--json")).With(0).Json;
        best.At("best.0.parameters.shift").GetDouble().ShouldBe(-6e-5);
        best.At("best.0.parameters.depth").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("  command: sh train.sh {depth}", "depth=null", "{depth} is null, and a command needs a word")]
    [InlineData("  command: sh train.sh {depth}", "depth=LONG", "{depth} alone has 140,000")]
    [InlineData("  script: train.py", "depth=LONG", "depth has 140,000 bytes, which is too long for an argument of train.py")]
    public async Task A_value_that_no_command_line_can_have_is_refused_before_anything_runs(string how, string argument, string fault)
    {
        await using var place = new Sandbox();
        place.Write("tenfold.yaml", $"name: a\ntrain:\n{how}\n  params: {{ depth: }}\n");
        place.Write("train.py", "");
        // A shell could not pass one longer than Linux allows, so the file has it.
        var isLong = argument.EndsWith("LONG", StringComparison.Ordinal);
        if (isLong) place.Write("tenfold.yaml", $"name: a\ntrain:\n{how}\n  params: {{ depth: {new string('x', 140_000)} }}\n");
        (await place.Run(isLong ? ["fit"] : ["fit", "-p", argument])).With(ExitCodes.BadInput).Saying(fault, "$TENFOLD_PARAMS");
        (await place.Run("runs", "--json")).With(0).Json.GetArrayLength().ShouldBe(0);
    }
}
