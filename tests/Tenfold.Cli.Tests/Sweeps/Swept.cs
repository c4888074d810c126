using System.Text.Json;

namespace Tenfold.Cli.Tests.Sweeps;

/// <summary>Creates projects with a sweep, and reads the sweep's results.</summary>
internal static class Swept
{
    /// <summary>A script that writes the attempt and <c>x</c> to the file <c>ran</c>, and whose accuracy is <c>x</c>.</summary>
    public static string Script(this Sandbox place) =>
        $$"""
        echo "$TENFOLD_ATTEMPT $TENFOLD_PARAM_X" >> {{place.Outside}}/ran
        echo "{\"metric\":\"accuracy\",\"value\":$TENFOLD_PARAM_X}"

        """;

    /// <summary>A project that sweeps <c>x</c> from 0 to 1.</summary>
    /// <param name="place">The sandbox.</param>
    /// <param name="script">The script; null for <see cref="Script"/>.</param>
    /// <param name="sweep">More settings of the sweep, on one line.</param>
    /// <param name="parameters">The sweep's parameters; null for <c>x</c> alone.</param>
    /// <param name="more">More lines of tenfold.yaml under <c>train</c>.</param>
    public static Sandbox Sweep(
        this Sandbox place, string? script = null, string sweep = "method: sobol", string? parameters = null, string more = "")
    {
        place.Toy(
            script ?? place.Script(),
            $"  params: {{ x: 0.5 }}\n{more}sweep: {{ parameters: {{ {parameters ?? "x: { min: 0.0, max: 1.0 }"} }}, {sweep} }}");
        return place;
    }

    /// <summary>Runs <c>sweep</c> to its end.</summary>
    public static async Task<JsonElement> Sweeps(this Sandbox place, params string[] arguments) =>
        (await place.Run(["sweep", "--json", .. arguments])).With(0).Json;

    /// <summary>The id of the only study.</summary>
    public static Task<string> Study(this Sandbox place) => Until.Found(
        async () =>
        {
            if (!File.Exists(place.Ledger)) return null;
            var listed = await place.Run("study", "list", "--json");
            return listed.ExitCode == 0 && listed.Json.GetArrayLength() == 1 ? listed.Json[0].Id() : null;
        },
        () => "there is a study");

    public static IReadOnlyList<JsonElement> Trials(this JsonElement study) => [.. study.At("trials").EnumerateArray()];

    public static IReadOnlyList<string> States(this JsonElement study) => [.. study.Trials().Select(trial => trial.State())];

    public static string Settings(this JsonElement trial) => trial.At("parameters").GetRawText().Replace(" ", "").Replace("\n", "");

    /// <summary>The study is finished, and has as many trials as planned, with different numbers and points, each executed once.</summary>
    public static void ShouldBeWhole(this JsonElement study, Sandbox place, int planned)
    {
        study.Trials().Select(trial => (int)trial.Number("number")).ShouldBe(Enumerable.Range(1, planned));
        study.Trials().ShouldAllBe(trial => trial.State() == "completed");
        study.Trials().Select(Settings).ShouldBeUnique();
        place.Lines("ran").Select(line => line.Split(' ')[0]).Order()
            .ShouldBe(study.Trials().Select(trial => $"{trial.Text("group")}-1-1").Order());
        study.Text("study.state").ShouldBe("finished");
    }
}
