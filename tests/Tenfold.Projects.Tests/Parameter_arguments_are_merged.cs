using Tenfold.Core.Commands;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Projects.Tests;

public sealed class Parameter_arguments_are_merged
{
    private static readonly Parameters Declared = Samples.Read("""
        name: a
        train:
          script: a.py
          params: { learning_rate: 0.01, epochs: 60, fast: false, name: base, layers: [64, 32] }
        """).Train.Params;

    [Fact]
    public void Values_take_the_declared_type_and_keep_the_declared_order() =>
        Declared.Merge(["layers=[16, 0.5, \"a\"]", "epochs=3", "learning_rate=1", "fast=true", "name=a=b c"]).Value!.ToJson()
            .ShouldBe("""{"learning_rate":1.0,"epochs":3,"fast":true,"name":"a=b c","layers":[16,0.5,"a"]}""");

    [Fact]
    public void Without_arguments_the_declared_values_apply() =>
        Declared.Merge([]).Value!.ToJson().ShouldBe("""{"learning_rate":0.01,"epochs":60,"fast":false,"name":"base","layers":[64,32]}""");

    [Theory]
    [InlineData(
        "epoch=3",
        "unknown parameter 'epoch': train.params in tenfold.yaml declares learning_rate, epochs, fast, name, layers; "
        + "did you mean 'epochs'?")]
    [InlineData("Learning-Rate=3", "did you mean 'learning_rate'?")]
    [InlineData("epochs", "no '=' in 'epochs'; write -p name=value")]
    [InlineData("=3", "'' cannot name a parameter: it is empty")]
    [InlineData("a b=3", "'a b' cannot name a parameter")]
    [InlineData("seed=3", "'seed' is set by Tenfold for each run and cannot be set with -p")]
    [InlineData("epochs=0.5", "epochs must be a whole number, not '0.5': tenfold.yaml has 60; write 60.0 there to allow fractions")]
    [InlineData("epochs=many", "epochs must be a whole number, not 'many': tenfold.yaml has 60")]
    [InlineData("epochs=", "epochs must be a whole number, not ''")]
    [InlineData("epochs=99999999999999999999", "a whole number must fit 64 bits")]
    [InlineData("learning_rate=nan", "learning_rate must be a number, not 'nan'")]
    [InlineData("learning_rate=.nan", "a number must be finite")]
    [InlineData("fast=yes", "fast must be true or false, not 'yes'")]
    [InlineData("layers=16", "layers must be a list, not '16': a list of numbers, texts, true and false, as JSON: [16, 32]")]
    [InlineData("layers=[[1]]", "layers must be a list, not '[[1]]'")]
    [InlineData("layers=[16", "it must be JSON, in quotes for the shell: '[16, 32]'")]
    public void A_faulty_argument_is_a_fault(string argument, string fault) =>
        Declared.Merge([argument]).Faults.ShouldHaveSingleItem().ToString().ShouldContain(fault);

    [Fact]
    public void All_faulty_arguments_are_reported_together() =>
        Declared.Merge(["x=1", "epochs=a", "fast=true", "fast=false"]).Faults.Count.ShouldBe(3);

    [Fact]
    public void A_fault_names_its_argument() =>
        Declared.Merge(["epochs=a"]).Faults[0].ToString().ShouldStartWith("-p epochs=a: epochs must be");

    [Fact]
    public void A_text_can_be_empty()
    {
        Declared.Merge(["name="]).Value!["name"].ShouldBe(new TextValue(""));
        Declared.Merge(["name=12"]).Value!["name"].ShouldBe(new TextValue("12"));
        Declared.Merge(["name=\n$(x)"]).Value!["name"].ShouldBe(new TextValue("\n$(x)"));
    }

    [Fact]
    public void A_parameter_without_a_default_must_be_given()
    {
        var declared = Samples.Read("name: a\ntrain: { script: a.py, params: { hidden: , depth: null } }").Train.Params;
        declared.Missing.ShouldBe(["hidden", "depth"]);
        declared.Merge(["depth=2"]).Faults.ShouldHaveSingleItem().ToString()
            .ShouldBe("-p hidden: parameter 'hidden' has no value in tenfold.yaml; give one: -p hidden=…");
        declared.Override(["depth=2"]).Value!.Missing.ShouldBe(["hidden"]);
        declared.Merge(["depth=2", "hidden=1e-3"]).Value!.ToJson().ShouldBe("""{"hidden":1e-3,"depth":2}""");
    }

    [Theory]
    [InlineData("learning_rate=null", "learning_rate", typeof(NullValue))]
    [InlineData("epochs=null", "epochs", typeof(NullValue))]
    [InlineData("fast=null", "fast", typeof(NullValue))]
    [InlineData("layers=null", "layers", typeof(NullValue))]
    [InlineData("name=null", "name", typeof(TextValue))]
    public void Null_leaves_a_parameter_out_and_is_a_word_for_a_text(string argument, string name, Type type) =>
        Declared.Merge([argument]).Value![name].ShouldBeOfType(type);

    [Fact]
    public void Null_is_a_value_for_a_parameter_without_a_default()
    {
        var declared = Samples.Read("name: a\ntrain: { script: a.py, params: { depth: } }").Train.Params;
        declared.Merge(["depth=null"]).Value!.ToJson().ShouldBe("""{"depth":null}""");
    }

    [Theory]
    [InlineData("lr=1", "LR=2", "'LR' and 'lr' would be the same environment variable (TENFOLD_PARAM_LR); rename one of them")]
    [InlineData("learning-rate=1", "learning_rate=2", "TENFOLD_PARAM_LEARNING_RATE")]
    [InlineData("a.b=1", "A_B=2", "TENFOLD_PARAM_A_B")]
    public void Two_names_for_one_variable_are_refused_as_in_the_file(string one, string other, string fault) =>
        Parameters.Empty.Merge([one, other], anyName: true).Faults.ShouldHaveSingleItem().ToString().ShouldContain(fault);

    [Theory]
    [InlineData("x=3", "3", typeof(IntegerValue))]
    [InlineData("x=3.0", "3.0", typeof(NumberValue))]
    [InlineData("x=true", "true", typeof(BooleanValue))]
    [InlineData("x=adam", "adam", typeof(TextValue))]
    [InlineData("x=", "", typeof(TextValue))]
    [InlineData("x=null", "null", typeof(TextValue))]
    [InlineData("x=012", "012", typeof(TextValue))]
    [InlineData("x=[1, 2]", "[1,2]", typeof(ListValue))]
    [InlineData("x=[1, 2", "[1, 2", typeof(TextValue))]
    [InlineData("x=1e5", "1e5", typeof(NumberValue))]
    [InlineData("x=1E+05", "1E+05", typeof(NumberValue))]
    [InlineData("x=1.10", "1.10", typeof(NumberValue))]
    [InlineData("x=-0.50", "-0.50", typeof(NumberValue))]
    [InlineData("x=0x10", "0x10", typeof(TextValue))]
    [InlineData("x=0o17", "0o17", typeof(TextValue))]
    [InlineData("x=1_000", "1_000", typeof(TextValue))]
    [InlineData("x=1.2.3", "1.2.3", typeof(TextValue))]
    [InlineData("x=12345678901234567890", "12345678901234567890", typeof(TextValue))]
    [InlineData("x=1e999", "1e999", typeof(TextValue))]
    [InlineData("x=Null", "Null", typeof(TextValue))]
    [InlineData("x=yes", "yes", typeof(TextValue))]
    [InlineData("x=[1e5, 1.10]", "[1e5,1.10]", typeof(ListValue))]
    public void The_type_of_an_undeclared_parameter_follows_from_its_value(string argument, string text, Type type)
    {
        var value = Parameters.Empty.Merge([argument], anyName: true).Value!["x"];
        value.ShouldBeOfType(type);
        value.Text.ShouldBe(text);
        Parameters.FromJson(Parameters.Empty.With("x", value).ToJson())["x"].Text.ShouldBe(text);
    }

    [Theory]
    [InlineData(".5", "a number", "0.5")]
    [InlineData("5.", "a number", "5.0")]
    [InlineData("+5", "a whole number", "5")]
    [InlineData("-0", "a whole number", "0")]
    [InlineData("True", "true or false", "true")]
    [InlineData("FALSE", "true or false", "false")]
    public void An_undeclared_value_that_a_script_would_get_in_another_form_is_refused(string text, string type, string written)
    {
        var fault = Parameters.Empty.Merge([$"x={text}"], anyName: true).Faults.ShouldHaveSingleItem().ToString();
        fault.ShouldContain($"x can't be '{text}': it may be meant as {type} or as a text; write {written}, or give the parameter a text");
        var declared = Samples.Read("name: a\ntrain: { script: a.py, params: { x: '' } }").Train.Params;
        declared.Merge([$"x={text}"]).Value!["x"].ShouldBe(new TextValue(text));
    }

    [Fact]
    public void A_number_reaches_the_script_as_it_was_written_and_equals_the_same_number()
    {
        var declared = Samples.Read("name: a\ntrain: { script: a.py, params: { version: 1.10, rate: 1e-4, half: .5 } }").Train.Params;
        declared.ToJson().ShouldBe("""{"version":1.10,"rate":1e-4,"half":0.5}""");
        declared.Merge(["rate=2e-04", "version=3"]).Value!.ToJson().ShouldBe("""{"version":3.0,"rate":2e-04,"half":0.5}""");
        declared["rate"].ShouldBe(new NumberValue(0.0001));
        declared["rate"].GetHashCode().ShouldBe(new NumberValue(0.0001).GetHashCode());
    }

    [Theory]
    [InlineData("\n    ids: ", "tenfold.yaml:5:5: 'ids' brings the file to more than 20000 values")]
    [InlineData(" { lr: 0.1, ids: ", "'ids' brings the file to more than 20000 values")]
    public void A_list_that_is_too_long_for_the_file_is_named_with_the_way_round(string before, string fault)
    {
        var list = $"[{string.Join(", ", Enumerable.Range(0, 30_000))}]{(before.Contains('{') ? " }" : "")}";
        var found = Samples.Faults($"name: a\ntrain:\n  script: a.py\n  params:{before}{list}\n").ShouldHaveSingleItem();
        found.ShouldContain(fault);
        found.ShouldContain("put a long list into a file of the project");
    }

    [Fact]
    public void Parameters_survive_a_round_trip_through_JSON()
    {
        var parameters = Parameters.From(
        [
            new("z", new NumberValue(0.1 + 0.2)), new("a", new IntegerValue(long.MinValue)), new("t", new TextValue("\"\n\\ü🎲")),
            new("b", new BooleanValue(false)),
            new("l", new ListValue([new NumberValue(1), new TextValue("")])), new("n", NullValue.Instance),
            new("e", new NumberValue(5e-324)), new("m", new NumberValue(double.MaxValue)), new("zero", new NumberValue(-0.0)),
        ]);
        var back = Parameters.FromJson(parameters.ToJson());
        back.ShouldBe(parameters);
        back.GetHashCode().ShouldBe(parameters.GetHashCode());
        back.ToJson().ShouldBe(parameters.ToJson());
        back.Keys.ShouldBe(["z", "a", "t", "b", "l", "n", "e", "m", "zero"]);
    }

    [Fact]
    public void Setting_a_value_keeps_the_order_and_the_original()
    {
        var changed = Declared.With("epochs", new IntegerValue(1));
        changed.Keys.ShouldBe(Declared.Keys);
        changed.ShouldNotBe(Declared);
        Declared["epochs"].ShouldBe(new IntegerValue(60));
    }

    [Fact]
    public void A_name_becomes_an_environment_variable() =>
        EnvironmentNames.OfParameter("learning-rate.x").ShouldBe("TENFOLD_PARAM_LEARNING_RATE_X");
}
