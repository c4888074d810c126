using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Projects.Tests;

public sealed class Sweep_faults_are_reported
{
    private const string Space = "parameters: { n: { min: 1, max: 9 } }";

    [Theory]
    [InlineData("sweep: { method: thomson, parameters: { n: 1 } }", "did you mean 'thompson'?")]
    [InlineData("sweep: { trials: 3 }", "'parameters' is missing in sweep")]
    [InlineData("sweep: { parameters: {} }", "parameters is empty")]
    [InlineData(
        "sweep: { parameters: { knd: { values: [a, b] } } }",
        "3:24: sweep varies 'knd', which train.params does not declare: correct the name, or declare it there too; did you mean 'kind'?")]
    [InlineData("sweep: { parameters: { lr: { min: 1 } } }", "'max' missing: write { min: …, max: … }")]
    [InlineData("sweep: { parameters: { lr: { min: 1, max: 1 } } }", "max must be a number above min, which is 1, not '1'")]
    [InlineData(
        "sweep: { parameters: { lr: { min: -1.7e308, max: 1.7e308 } } }",
        "max - min is more than a number can hold; narrow the range, or search it with scale: log")]
    [InlineData("sweep: { parameters: { lr: { min: 0, max: 1, scale: log } } }", "min must be a number above 0 for scale: log, not '0'")]
    [InlineData("sweep: { parameters: { lr: { min: 1, max: 9, scale: log, step: 2 } } }", "step does not go with scale: log")]
    [InlineData("sweep: { parameters: { lr: { min: 0, max: 1, step: 2 } } }", "step must be a number above 0 and at most max - min, not '2'")]
    [InlineData("sweep: { parameters: { lr: { min: 0, max: 1, values: [1] } } }", "'min' belongs to a range")]
    [InlineData("sweep: { parameters: { lr: { min: a, max: 1 } } }", "min must be a number, not 'a'")]
    [InlineData("sweep: { parameters: { lr: { min: 0, max: 1, ordered: true } } }", "'ordered' belongs to 'values'")]
    [InlineData("sweep: { parameters: { lr: { values: [] } } }", "values must be a list of values, not []")]
    [InlineData("sweep: { parameters: { lr: { values: [1, 2, 1] } } }", "values holds '1' twice")]
    [InlineData("sweep: { parameters: { n: { min: 0.5, max: 2 } } }", "where it is a whole number ('1'); write 1.0 there to allow fractions")]
    [InlineData(
        "sweep: { parameters: { kind: { values: [1, 2] } } }",
        "sweep gives kind values of another type than train.params, where it is text ('a')")]
    [InlineData(
        "sweep: { parameters: { n: { min: 1, max: 2, when: { nope: 1 } } } }",
        "'when' of n names 'nope', which is not a parameter of this sweep")]
    [InlineData("sweep: { parameters: { n: { min: 1, max: 2, when: { n: 1 } } } }", "'when' of n names n itself")]
    [InlineData(
        "sweep: { parameters: { kind: { values: [a, b] }, n: { min: 1, max: 2, when: { kind: c } } } }",
        "'when' of n has 'c' for kind, which is not one of its values")]
    [InlineData(
        "sweep: { parameters: { lr: { min: 0, max: 1 }, n: { min: 1, max: 2, when: { lr: 1 } } } }",
        "which is a range and has no values to choose from")]
    [InlineData(
        "sweep: { parameters: { n: { values: [1, 2], when: { kind: a } }, kind: { values: [a, b], when: { n: 1 } } } }",
        "'when' forms a cycle among n, kind")]
    [InlineData(
        "sweep: { parameters: { n: { min: 1, max: 3 } }, start: [ { nn: 1 } ] }",
        "start names 'nn', which is not a parameter of this sweep")]
    [InlineData(
        "sweep: { parameters: { n: { min: 1, max: 3 } }, start: [ { n: 4 } ] }",
        "start gives n the value '4', which this sweep does not allow")]
    [InlineData("sweep: { method: grid, parameters: { lr: { min: 0, max: 1 } } }", "method: grid needs a step or values for lr")]
    [InlineData(
        "sweep: { parameters: { n: { min: 1, max: 3 } }, confirm: { top: 3, repeat: 1 } }",
        "repeat must be a whole number from 2 to 10000, not '1'")]
    public void Faults_of_parameters_say_what_is_wanted(string lines, string fault) =>
        string.Join('\n', Samples.Faults(Samples.With(lines))).ShouldContain(fault);

    [Theory]
    [InlineData("objectives: { accuracy: maximize }", "objectives names only accuracy, and a front needs two metrics")]
    [InlineData("objectives: {}", "objectives is empty: it must be a mapping of metrics, each with maximize or minimize")]
    [InlineData("objectives: { a: minimize, b: more }", "b must be maximize or minimize, not 'more'")]
    [InlineData(
        "objectives: { a: minimize, b: minimize, c: minimize, d: minimize, e: minimize }",
        "with more than 4 almost every trial is on the front; limit some of them with constraints")]
    [InlineData("objectives: { a: minimize, b: minimize }, prune: asha", "prune compares trials by one metric")]
    [InlineData("objectives: { a: minimize, b: minimize }, baseline: { n: 2 }", "leave out baseline")]
    [InlineData(
        "objectives: { m: minimize, b: minimize }",
        "objectives says to minimize m, and train.metric says to maximize it; make both the same")]
    public void Objectives_need_settings_that_fit(string line, string fault) =>
        string.Join('\n', Samples.Faults(Samples.With($"sweep: {{ {Space}, {line} }}"))).ShouldContain(fault);

    [Fact]
    public void Objectives_are_read_in_their_order_and_need_no_other_metric()
    {
        var file = $"name: a\ntrain: {{ command: x }}\nsweep: {{ {Space}, objectives: {{ z: minimize, a: maximize }} }}\n";
        Samples.Read(file).Sweep!.Objectives.ShouldBe([new MetricSpec("z", MetricGoal.Minimize), new MetricSpec("a", MetricGoal.Maximize)]);
    }

    [Theory]
    [InlineData("{ kind: c }", "forbidden has 'c' for kind, which is not one of its values")]
    [InlineData("{ knd: a }", "forbidden names 'knd', which is not a parameter of this sweep; did you mean 'kind'?")]
    [InlineData("{ kind: a, lr: 0.5 }", "forbidden names 'lr', which is a range and has no values to choose from")]
    [InlineData("{}", "is empty: it must be a mapping of parameters")]
    public void Forbidden_combinations_name_values_of_parameters(string combination, string fault) =>
        string.Join('\n', Samples.Faults(Samples.With(
            $"sweep: {{ parameters: {{ kind: {{ values: [a, b] }}, lr: {{ min: 0.0, max: 1.0 }} }}, forbidden: [ {combination} ] }}")))
            .ShouldContain(fault);

    [Theory]
    [InlineData("prune: ahsa", "3:56: prune must be none, asha, median or hyperband, not 'ahsa'; did you mean 'asha'?")]
    [InlineData("prune: [asha]", "prune must be asha, median, hyperband, none or { rule: …, first: …, factor: …, max_steps: … }, not a list of 1")]
    [InlineData("prune: { first: 3 }", "'rule' is missing in prune: add a line such as rule: asha")]
    [InlineData("prune: { rule: none }", "rule must be asha, median or hyperband, not 'none'")]
    [InlineData("prune: { rule: asha, first: 0 }", "first must be a whole number of at least 1, not '0'")]
    [InlineData("prune: { rule: asha, factor: 1 }", "factor must be a whole number from 2 to 16, not '1'")]
    [InlineData("prune: { rule: asha, eta: 3 }", "unknown key 'eta'; known here: rule, first, factor")]
    [InlineData("budget: {}", "budget is empty: it must be { time: 2h, cost: 20 }, or one of them")]
    [InlineData("budget: 2h", "budget must be { time: 2h, cost: 20 }, or one of them, not '2h'")]
    [InlineData(
        "budget: { time: 2 }",
        "time must be a time with its units, such as 2h, 90m, 1h30m or 1d, not '2': the unit is missing; did you mean '2m'?")]
    [InlineData("budget: { cost: 0 }", "cost must be an amount in US dollars above 0, such as 20 or 1.5, not '0'")]
    [InlineData("budget: { cost: -1 }", "cost must be an amount in US dollars above 0")]
    [InlineData("budget: { cost: 1e-300 }", "more than 0 and at most")]
    [InlineData("budget: { cost: $20 }", "write only the number; did you mean '20'?")]
    [InlineData("budget: { cost: 1.5 USD }", "write only the number; did you mean '1.5'?")]
    [InlineData("budget: { cost: much }",
        "cost must be an amount in US dollars above 0, such as 20 or 1.5, not 'much': write only the number")]
    [InlineData(
        "method: tpe, cost_aware: true",
        "cost_aware needs an expected improvement, which method: tpe does not compute; use method: auto, or leave out cost_aware")]
    [InlineData("synchronous: yes", "synchronous must be true or false, not 'yes'; did you mean 'true'?")]
    [InlineData("seed: -1", "seed must be a whole number of at least 0, not '-1'")]
    [InlineData("from: k7m2", "from must be the id of a study, or FILE.db#study of Optuna, not 'k7m2': it has 8 letters and digits")]
    [InlineData("from: k7m2-qab", "it has 8 letters and digits")]
    [InlineData("from: K7M2XQAB", "its letters are lower case")]
    [InlineData("from: '77m2xqab'", "it begins with a letter")]
    [InlineData("from: k7m2xqal", "ids don't contain i, l, o or u")]
    [InlineData("trials: 2, confirm: { top: 3 }", "3:76: top must be at most the number of trials, 2, not '3'")]
    [InlineData("confirm: { top: 51 }", "top must be at most the number of trials, 50, not '51'")]
    [InlineData("method: grid, confirm: { top: 10 }", "top must be at most the number of trials, 9, not '10'")]
    [InlineData("trials: 1, start: [ { n: 1 }, { n: 2 } ]", "3:57: trials must be at least the number of points in start, 2, not '1'")]
    public void Faults_of_sweep_keys_say_what_is_wanted(string keys, string fault) =>
        Samples.Fault($"sweep: {{ {Space}, {keys} }}").ShouldContain(fault);

    [Fact]
    public void A_sweep_needs_a_metric() =>
        Samples.Faults($"name: a\ntrain: {{ script: a.py, params: {{ n: 1 }} }}\nsweep: {{ {Space}, prune: asha }}\n").ShouldBe([
            "tenfold.yaml:3:1: sweep needs a metric to optimise: add a line such as metric: { name: accuracy, goal: maximize } to train",
        ]);

    [Theory]
    [InlineData("metrc: { name: m, goal: maximize }", "unknown key 'metrc'; did you mean 'metric'?")]
    [InlineData("metric: { name: m }", "'goal' is missing in metric")]
    [InlineData("metric:", "'name' is missing in metric")]
    public void A_faulty_metric_is_not_reported_as_missing(string metric, string fault)
    {
        var faults = Samples.Faults($"name: a\ntrain:\n  script: a.py\n  params: {{ n: 1 }}\n  {metric}\nsweep: {{ {Space} }}\n");
        faults.ShouldContain(text => text.Contains(fault));
        faults.ShouldAllBe(text => !text.Contains("to optimise"));
    }

    [Theory]
    [InlineData(
        "lr: { min: 0, max: 1, step: 0.1 }",
        "{ lr: 0.25 }",
        "start gives lr the value '0.25', which is not on its steps; did you mean '0.2'?")]
    [InlineData("lr: { min: 0, max: 1, step: 0.3 }", "{ lr: 1 }", "the value '1', which is not on its steps; did you mean '0.9'?")]
    [InlineData("n: { min: 16, max: 64, step: 16 }", "{ n: 41 }", "the value '41', which is not on its steps; did you mean '48'?")]
    [InlineData("n: { min: 16, max: 64, step: 16 }", "{ n: 32.0 }", "start gives n the value '32.0', which this sweep does not allow")]
    [InlineData("kind: { values: [sgd, adam] }", "{ kind: adma }", "the value 'adma', which this sweep does not allow; did you mean 'adam'?")]
    [InlineData("kind: { values: [sgd, adam] }, lr: { min: 0, max: 1, when: { kind: sgd } }", "{ kind: adam, lr: 0.5 }",
        "start gives lr a value, which is active only where kind is sgd, not 'adam'; remove one of the two")]
    [InlineData("kind: { values: [a, b, c] }, lr: { min: 0, max: 1, when: { kind: [a, b] } }", "{ lr: 0.5 }",
        "start gives lr a value, which is active only where kind is a or b; add kind: a to this point")]
    public void A_start_point_must_lie_in_the_space(string space, string point, string fault) =>
        Samples.Fault($"sweep: {{ parameters: {{ {space} }}, start: [ {point} ] }}").ShouldContain(fault);

    [Fact]
    public void A_start_point_can_lie_anywhere_in_the_space() => Samples.Read(Samples.With("""
        sweep:
          parameters:
            lr: { min: 0, max: 1 }
            n: { min: 1, max: 9, step: 4 }
            kind: { values: [a, b] }
            rate: { min: 0.1, max: 0.9, step: 0.1, when: { kind: b } }
          start: [ { lr: 0.123, n: 9, kind: b, rate: 0.3 }, { lr: 1 }, { n: 5 }, { kind: b, rate: 0.9 } ]
        """)).Sweep!.Start.Count.ShouldBe(4);

    [Fact]
    public void A_budget_too_small_for_any_trial_is_a_fault() =>
        Samples.Fault($"resources: {{ max_runtime: 2h }}\nsweep: {{ {Space}, budget: {{ time: 90m }} }}").ShouldBe(
            "tenfold.yaml:4:65: time must be at least the max_runtime of resources, not '90m': no trial could be started");

    [Fact]
    public void A_start_point_can_be_a_fraction_when_the_parameter_is_declared_as_one() =>
        Samples.Read(Samples.With("sweep: { parameters: { lr: { min: 0, max: 1 } }, start: [ { lr: 0.5 } ] }"))
            .Sweep!.Start.Count.ShouldBe(1);

    [Fact]
    public void A_grid_needs_a_step_when_the_declared_type_is_continuous() =>
        Samples.Fault("sweep: { method: grid, parameters: { lr: { min: 0, max: 1 } } }").ShouldBe(
            "tenfold.yaml:3:42: method: grid needs a step or values for lr, which is a range without steps; "
            + "give it a step, or use method: sobol");

    [Fact]
    public void A_grid_with_more_than_a_million_points_is_a_fault() =>
        Samples.Fault("sweep: { method: grid, parameters: { a: { min: 1, max: 1000 }, b: { min: 1, max: 1001 } } }").ShouldBe(
            "tenfold.yaml:3:18: method: grid has more than 1,000,000 points here; widen the steps, or use method: sobol");

    [Fact]
    public void A_grid_with_exactly_a_million_points_is_accepted() =>
        Samples.Read(Samples.With("sweep: { method: grid, parameters: { a: { min: 1, max: 1000 }, b: { min: 1, max: 1000 } } }"))
            .Sweep.ShouldNotBeNull();

    [Fact]
    public void Conditions_reduce_the_points_of_a_grid()
    {
        // 1,500 + 1,500 · 600 points; without conditions there would be 1,800,000.
        Samples.Read(Samples.With("""
            sweep:
              method: grid
              parameters:
                kind: { values: [a, b] }
                n: { min: 1, max: 1500 }
                m: { min: 1, max: 600, when: { kind: b } }
            """)).Sweep.ShouldNotBeNull();
    }

    [Fact]
    public void A_step_too_small_to_count_is_a_fault() =>
        Samples.Fault("sweep: { parameters: { lr: { min: 0, max: 1, step: 1e-300 } } }").ShouldContain(
            "step is so small that neighbouring values are equal as numbers: '1e-300'; leave it out");

    [Fact]
    public void All_faults_of_a_sweep_are_reported_together() =>
        Samples.Faults("""
            name: a
            train: { script: a.py, params: { lr: 0.1, kind: sgd } }
            sweep:
              method: grid
              parameters:
                lr: { min: 0, max: 1 }
                kind: { values: [1, 2] }
              trials: 1
              prune: medium
              budget:
              start: [ { lr: 2 }, { knd: 1 } ]
              from: x
            """).ShouldBe([
            "tenfold.yaml:3:1: sweep needs a metric to optimise: add a line such as metric: { name: accuracy, goal: maximize } to train",
            "tenfold.yaml:6:9: method: grid needs a step or values for lr, which is a range without steps; "
                + "give it a step, or use method: sobol",
            "tenfold.yaml:7:11: sweep gives kind values of another type than train.params, where it is text ('sgd')",
            "tenfold.yaml:8:11: trials must be at least the number of points in start, 2, not '1'",
            "tenfold.yaml:9:10: prune must be none, asha, median or hyperband, not 'medium'; did you mean 'median'?",
            "tenfold.yaml:10:10: budget is empty: it must be { time: 2h, cost: 20 }, or one of them",
            "tenfold.yaml:11:18: start gives lr the value '2', which this sweep does not allow",
            "tenfold.yaml:11:25: start names 'knd', which is not a parameter of this sweep; did you mean 'kind'?",
            "tenfold.yaml:12:9: from must be the id of a study, or FILE.db#study of Optuna, not 'x': "
                + "it has 8 letters and digits, such as k7m2xqab",
        ]);

    [Fact]
    public void Contradictions_of_options_are_reported_without_a_position()
    {
        var sweep = Samples.Read(Samples.With("sweep: { parameters: { lr: { min: 0, max: 1 }, n: { min: 1, max: 9 } } }")).Sweep!;
        sweep.Problems().ShouldBeEmpty();
        (sweep with { Method = SweepMethod.Grid }).Problems().ShouldBe(
            ["method: grid needs a step or values for lr, which is a range without steps; give it a step, or use method: sobol"]);
    }
}
