using Tenfold.Core.Commands;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Core.Tests.Commands;

public sealed class A_command_is_rendered
{
    private static readonly Parameters Given = Parameters.From(
    [
        new("lr", new NumberValue(0.01)),
        new("n", new IntegerValue(60)),
        new("on", new BooleanValue(true)),
        new("text", new TextValue("it's $HOME")),
        new("learning-rate", new NumberValue(1e-5)),
        new("a.b", new TextValue("x")),
        new("layers", new ListValue([new IntegerValue(16), new TextValue("a")])),
    ]);

    [Theory]
    [InlineData("python train.py --lr {lr} -n={n} {on}", "python train.py --lr 0.01 -n=60 true")]
    [InlineData("{seed} {repeat} {run}", "7 2 k7m2-3")]
    [InlineData("{learning-rate} {a.b}", "1e-05 x")]
    [InlineData("x {text}", "x 'it'\\''s $HOME'")]
    [InlineData("x \"{text}\"", "x \"it's \\$HOME\"")]
    [InlineData("x '{text}'", "x 'it'\\''s $HOME'")]
    [InlineData("x {layers}", "x '[16,\"a\"]'")]
    [InlineData("x {{lr}} '{{lr}}'", "x {lr} '{lr}'")]
    [InlineData("${lr} ${seed:-3} \"${lr}\"", "${lr} ${seed:-3} \"${lr}\"")]
    [InlineData(
        "awk '{print $1}' {} {a,b} {1..3} {a..z} {\"json\":1} { true; }",
        "awk '{print $1}' {} {a,b} {1..3} {a..z} {\"json\":1} { true; }")]
    [InlineData("f() { echo {n}; }; f", "f() { echo 60; }; f")]
    [InlineData("echo \\{n} \\\\{n}", "echo \\{n} \\\\60")]
    [InlineData("x # don't {lr} {unknown}\ny {text}", "x # don't {lr} {unknown}\ny 'it'\\''s $HOME'")]
    [InlineData("x a#{n} $#{n}", "x a#60 $#60")]
    [InlineData("x $((  {n} * (2 + {seed}) ))", "x $((  60 * (2 + 7) ))")]
    [InlineData("x \"$(echo {text})\"", "x \"$(echo 'it'\\''s $HOME')\"")]
    [InlineData("x $HOME{n} \"$HOME{n}\" \\$a{n}", "x $HOME'60' \"$HOME\"\"60\" \\$a'60'")]
    [InlineData("((i = {n})) && x[{n}]=1 ls [{n}] f[0] {text}", "((i = 60)) && x[60]=1 ls [60] f[0] 'it'\\''s $HOME'")]
    [InlineData("", "")]
    public void A_placeholder_becomes_a_value_quoted_for_its_place(string template, string command) =>
        CommandTemplate.Parse(template).Render(Given, 7, 2, "k7m2-3").Value.ShouldBe(command);

    [Theory]
    [InlineData(
        "x {lrr}",
        "command names {lrr}, which train.params does not declare: add it there, or write {{lrr}} for the text itself; did you mean 'lr'?")]
    [InlineData("x {sed}", "did you mean 'seed'?")]
    [InlineData("awk '{print}'", "write {{print}} for the text itself")]
    [InlineData(
        "x `echo {lr}`",
        "command has {lr} inside backquotes, where a value cannot be quoted safely; write \"$TENFOLD_PARAM_LR\" instead")]
    [InlineData("x \"`echo '{seed}'`\"", "\"$TENFOLD_SEED\"")]
    [InlineData("cat <<EOF\n{lr}\nEOF", "in or after a here-document")]
    [InlineData("x $'a' {lr}", "after $'…'")]
    [InlineData("x \"${a:-'}\" {lr}", "after a single quote inside")]
    [InlineData("x \"$(case a in a) echo {lr};; esac)\"", "after 'case' inside $(…)")]
    [InlineData("x \"$(echo ${a:-`{lr}`})\"", "inside backquotes")]
    [InlineData("x $(({text}))", "{text} is in shell arithmetic or a subscript and wants a number, not 'it's $HOME'")]
    [InlineData("((x={text}))", "is in shell arithmetic")]
    [InlineData("x[{text}]=1", "is in shell arithmetic")]
    [InlineData("x[\"{text}\"]=1", "is in shell arithmetic")]
    [InlineData("x '{lr}", "command wants every quote closed, but a single quote (') is not")]
    [InlineData("x \"{lr}", "a double quote (\") is not")]
    public void A_command_that_cannot_be_rendered_safely_is_a_fault(string template, string fault) =>
        CommandTemplate.Parse(template).Render(Given, 7, 2, "r").Faults.ShouldHaveSingleItem().ToString().ShouldContain(fault);

    [Fact]
    public void A_parameter_without_a_value_is_a_fault() =>
        CommandTemplate.Parse("x {p}").Render(Parameters.From([new("p", RequiredValue.Instance)]), 1, 1, "r")
            .Faults.ShouldHaveSingleItem().Message.ShouldBe("{p} has no value; give one: -p p=…");

    [Fact]
    public void Placeholders_are_listed_once_in_their_order() =>
        CommandTemplate.Parse("{b} {a} {b} ${c} {{d}} {e,f}").Placeholders.ShouldBe(["b", "a"]);

    public static TheoryData<string> HostileValues =>
    [
        "$(touch pwned)", "`touch pwned`", "; touch pwned", "& touch pwned &", "| touch pwned", "> pwned", "\ntouch pwned\n",
        "a\ntouch pwned",
        "'; touch pwned; '", "\"; touch pwned; \"", "'\"'\"; touch pwned #", "\\", "\\\\", "\\'; touch pwned #", "\\\"; touch pwned #",
        "$HOME ${HOME} $1 $$",
        "*", "~", "a b", "  lead and trail  ", "", "-n", "#x", "!", "{a,b}", "x=1", "grüße 数据 🎲", "\t", "\r", "%s\\n", ")", "}",
        "$((1+1))", "'", "\"", "''", "a'b\"c`d$e\\f",
        "x\\\ny", "\u0001\u007f",
    ];

    [Theory]
    [MemberData(nameof(HostileValues))]
    public async Task No_value_is_ever_run_and_each_arrives_as_it_is(string value)
    {
        string[] places =
        [
            "printf '%s' {v}", "printf '%s' \"{v}\"", "printf '%s' '{v}'", "printf '%s' \"$(printf '%s.' {v})\"",
            "printf '%s' \"$(printf '%s.' \"{v}\")\"",
            "printf '%s' \"$(printf '%s.' '{v}')\"", "printf '%s' $(: {v})ok", "(printf '%s' {v})", "x={v}; printf '%s' \"$x\"",
            "# {v}\nprintf '%s' {v}", "true && # it's {v}\nprintf '%s' {v}", "x=1; printf '%s' \"$x{v}\"", "x=1; printf '%s' $x{v}",
            "printf '%s' a{v}b",
            "printf '%s' \"'{v}'\"", "printf '%s' {v} | cat", "if true; then printf '%s' {v}; fi", "case a in a) printf '%s' {v};; esac",
            "printf '%s' \\\\{v}", "printf '%s' \"${x:-y}{v}\"",
        ];
        (string Before, string After)[] around =
        [
            ("", ""), ("", ""), ("", ""), ("", "."), ("", "."), ("", "."), ("ok", "!"), ("", ""), ("", ""), ("", ""), ("", ""), ("1", ""),
            ("1", ""), ("a", "b"),
            ("'", "'"), ("", ""), ("", ""), ("", ""), ("\\", ""), ("y", ""),
        ];
        var folder = Directory.CreateTempSubdirectory("tenfold-test-").FullName;
        var parameters = Parameters.From([new("v", new TextValue(value))]);
        try
        {
            for (var i = 0; i < places.Length; i++)
            {
                var command = CommandTemplate.Parse(places[i]).Render(parameters, 1, 1, "r");
                command.Faults.ShouldBeEmpty(places[i]);
                var expected = around[i].After == "!" ? around[i].Before : around[i].Before + value + around[i].After;
                (await Shell.RunAsync(command.Value!, folder)).ShouldBe(expected, $"{places[i]} became {command.Value}");
                Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty(places[i]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_random_command_never_breaks_the_scanner()
    {
        var random = new Random(20261122);
        string[] parts = ["{lr}", "{{lr}}", "'", "\"", "`", "$(", "$((", ")", "${", "}", "\\", "#", "\n", " ", "<<E", "case", "a", "$",
            "{", ";", "(", "$'"];
        for (var i = 0; i < 20_000; i++)
        {
            var template = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var rendered = CommandTemplate.Parse(template).Render(Given, 1, 1, "r");
            (rendered.Value is null).ShouldBe(rendered.Faults.Count > 0);
        }
    }
}
