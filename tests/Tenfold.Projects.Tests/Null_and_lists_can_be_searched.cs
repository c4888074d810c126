using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Tests;

public sealed class Null_and_lists_can_be_searched
{
    [Theory]
    [InlineData("{ p: [64, 32] }", "{ p: { values: [[64], [64, 32], []] } }", "[64] [64,32] []")]
    [InlineData("{ p: }", "{ p: { values: [null, 3, 5] } }", "null 3 5")]
    [InlineData("{ p: 3 }", "{ p: { values: [~, 5] } }", "null 5")]
    [InlineData("{ p: x }", "{ p: { values: [null, 'null', a] } }", "null null a")]
    [InlineData("{ }", "{ p: { values: [[1, a, true], null] } }", "[1,\"a\",true] null")]
    public void A_choice_may_have_them(string parameters, string space, string values)
    {
        var choice = Read(parameters, space).Parameters["p"].ShouldBeOfType<ChoiceDimension>();
        string.Join(' ', choice.Values.Select(value => value.Text)).ShouldBe(values);
        choice.Values.Distinct().Count().ShouldBe(choice.Values.Count);
    }

    [Fact]
    public void Every_value_survives_being_recorded_and_is_found_again()
    {
        var sweep = Read(
            "{ p: , q: x }",
            "{ p: { values: [null, [64, 32], [64], 3, 'null'] }, q: { values: [a, b], when: { p: [null, [64]] } } }");
        var recorded = new SearchSpace(SpaceJson.Read(SpaceJson.Write(sweep.Parameters)));
        var given = new SearchSpace(sweep.Parameters);
        var points = given.Points()!.Select(point => given.Decode(point)).ToList();
        points.Count.ShouldBe(5 + 2); // q is in play for two of the five
        points.Select(point => point.ToJson()).ShouldBeUnique();
        foreach (var point in points)
            recorded.Decode(recorded.Encode(Parameters.FromJson(point.ToJson()))!).ToJson().ShouldBe(point.ToJson());
    }

    [Theory]
    [InlineData("{ p: 3 }", "{ p: { values: [[3], 5] } }", "of another type")]
    [InlineData("{ p: }", "{ p: { values: [null, null] } }", "values holds 'null' twice")]
    [InlineData("{ p: }", "{ p: { values: [[1], [1]] } }", "values holds '[1]' twice")]
    [InlineData("{ p: }", "{ p: { values: [[[1]]] } }", "entry 1 of")]
    public void Invalid_values_are_still_refused(string parameters, string space, string fault) =>
        Samples.Reader.Read(Text(parameters, space), "t").Faults.ShouldHaveSingleItem().ToString().ShouldContain(fault);

    [Fact]
    public void A_point_to_begin_with_may_have_them()
    {
        var sweep = Samples.Read(
            Text("{ p: }", "{ p: { values: [null, [64]] } }") + "  start: [ { p: null }, { p: [64] } ]\n").Sweep!;
        sweep.Start.Select(point => point.ToJson()).ShouldBe(["""{"p":null}""", """{"p":[64]}"""]);
        Samples.Reader.Read(Text("{ p: }", "{ p: { values: [null, [64]] } }") + "  start: [ { p: [32] } ]\n", "t")
            .Faults.ShouldHaveSingleItem().ToString().ShouldContain("the value '[32]', which this sweep does not allow");
    }

    [Fact]
    public void A_script_may_want_words_for_true_and_false()
    {
        Samples.Read("name: a\ntrain: { script: a.py }").Train.Arguments.ShouldBe(ArgumentStyle.Flags);
        Samples.Read("name: a\ntrain: { script: a.py, booleans: words }").Train.Arguments.ShouldBe(ArgumentStyle.Words);
        Samples.Reader.Read("name: a\ntrain: { command: a, booleans: words }", "t").Faults.ShouldHaveSingleItem().ToString()
            .ShouldContain("'booleans' belongs to 'script'");
    }

    [Theory]
    [InlineData("{ PYTHONHASHSEED: 0, A: 'x y', B: true, C: 1.50, D: '', E: yes }", "PYTHONHASHSEED=0 A=x y B=true C=1.50 D= E=yes")]
    public void Variables_are_the_text_that_is_written(string env, string read) =>
        string.Join(' ', Samples.Read($"name: a\ntrain: {{ script: a.py, env: {env} }}").Train.Env.Select(v => $"{v.Key}={v.Value}"))
            .ShouldBe(read);

    [Theory]
    [InlineData("{ A: }", "A has no value", "x")]
    [InlineData("{ A: [1] }", "A must be text, a number, true or false", "[1]")]
    [InlineData("{ PATH: /bin }", "'PATH' cannot name an environment variable: it follows from the environment", "/bin")]
    [InlineData("{ TENFOLD_X: 1 }", "names that begin with TENFOLD_ or SM_ are set by Tenfold", "x")]
    [InlineData("{ 'a-b': 1 }", "it may hold only letters, digits and '_'", "x")]
    [InlineData("{ HF_TOKEN: swordfish }", "HF_TOKEN looks like a secret", "swordfish")]
    [InlineData("{ URL: 'postgres://u:swordfish@h/d' }", "URL looks like a secret", "swordfish")]
    [InlineData("{ MINE: 1 }", "MINE is under 'secrets' too", "x")]
    public void A_variable_that_must_not_be_recorded_is_refused_and_its_value_never_shown(string env, string fault, string hidden)
    {
        var faults = Samples.Reader.Read($"name: a\ntrain: {{ script: a.py, secrets: [MINE], env: {env} }}", "t").Faults;
        faults.ShouldHaveSingleItem().ToString().ShouldContain(fault);
        if (hidden != "x") faults[0].ToString().ShouldNotContain(hidden);
    }

    private static Sweep Read(string parameters, string space) => Samples.Read(Text(parameters, space)).Sweep!;

    private static string Text(string parameters, string space) =>
        $"name: a\ntrain: {{ script: a.py, params: {parameters}, metric: {{ name: m, goal: maximize }} }}\n"
        + $"sweep:\n  method: grid\n  parameters: {space}\n";
}
