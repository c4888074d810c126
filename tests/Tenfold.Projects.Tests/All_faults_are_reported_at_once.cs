namespace Tenfold.Projects.Tests;

public sealed class All_faults_are_reported_at_once
{
    [Fact]
    public void All_faults_are_reported_in_the_order_of_the_file() =>
        Samples.Faults("""
            name: iris
            trian:
              command: x
            train:
              command: python train.py --lr {lr}
              params: { learning_rate: 0.01 }
            resources: { memory: 4gb, retries: two, spot: yes }
            repeat: 0
            repeat: 3
            """).ShouldBe([
            "tenfold.yaml:2:1: unknown key 'trian'; did you mean 'train'?",
            "tenfold.yaml:5:12: command names {lr}, which train.params does not declare: add it there, or write {{lr}} for the text itself",
            "tenfold.yaml:7:22: memory must be a size with its unit, such as 4GB, 512MB or 2GiB, not '4gb': "
                + "the unit is one of B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; did you mean '4GB'?",
            "tenfold.yaml:7:36: retries must be a whole number from 0 to 100, not 'two'",
            "tenfold.yaml:7:47: spot must be true or false, not 'yes'; did you mean 'true'?",
            "tenfold.yaml:8:9: repeat must be a whole number from 1 to 10000, not '0'",
            "tenfold.yaml:9:1: duplicate key 'repeat': line 8 has it too; remove one of them",
        ]);

    [Theory]
    [InlineData("", "1:1: the file is empty")]
    [InlineData("# nothing\n", "1:1: the file is empty")]
    [InlineData("---\n", "the file is empty")]
    [InlineData("- a\n", "1:1: the file must hold keys such as 'name: iris' and 'train:', not a list of 1")]
    [InlineData("hello", "1:1: the file must hold keys such as 'name: iris' and 'train:', not 'hello'")]
    [InlineData("name: a\ntrain:\n\tcommand: x\n", "3:1: not valid YAML: the line is indented with a tab")]
    [InlineData("name: \"iris\ntrain: {command: x}\n", "1:7: not valid YAML near 'name: \"iris': a quote is opened and never closed")]
    [InlineData("name: iris\ntrain:\n  command: python x: y\n", "3:20: not valid YAML near 'command: python x: y': a ': ' inside a value")]
    [InlineData("name: iris\ntrain:\n  command: a\n script: b\n", "4:2: not valid YAML near 'script: b': a wrong indent")]
    [InlineData("@name: a\n", "1:1: not valid YAML near '@name: a': a text cannot begin with this character")]
    [InlineData("name: a\ntrain: {command: x}\n---\nname: b\n", "3:1: a second document begins here")]
    [InlineData("name: a\ntrain: {command: x}\n? [a, b]\n: c\n", "3:3: a key must be text, not a list of 2")]
    [InlineData("name: a\ntrain: {command: x}\n1: 2\n", "3:1: unknown key '1'")]
    [InlineData("name: a\ntrain: {command: x, data: {d: *nope}}\n", "2:31: unknown anchor '*nope': there is no '&nope' before it")]
    [InlineData("name: a\ntrain: &t {command: x, data: *t}\n", "unknown anchor '*t'")]
    [InlineData("name: a\ntrain: {command: !!python/object x}\n", "2:18: the tag 'tag:yaml.org,2002:python/object' is not used here")]
    [InlineData("name: \"a\\0b\"\ntrain: {command: x}\n", "1:7: 'a\\u0000b' contains a character that can't be passed to a program")]
    [InlineData("name: a\n", "1:1: 'train' is missing: add a line such as train: { command: python train.py }")]
    [InlineData(
        "name: a\ntrain:\n",
        "2:7: 'command' is missing in train: add a line such as command: python train.py, or script: train.py")]
    [InlineData("name: a\ntrain: { comand: x }\n", "2:10: unknown key 'comand'; did you mean 'command'?")]
    [InlineData("name: a b\ntrain: {command: x}\n", "1:7: name must be a name of letters, digits, '_', '-' and '.', not 'a b'")]
    [InlineData(
        "name: 2026\ntrain: {command: x}\n",
        "1:7: name must be a name of letters, digits, '_', '-' and '.', not '2026': YAML reads it as another type than "
        + "text; put it in quotes")]
    public void Faults_of_the_whole_file_are_explained(string yaml, string fault) =>
        string.Join('\n', Samples.Faults(yaml)).ShouldContain(fault);

    [Theory]
    [InlineData("script: train.py", "4:11: both 'command' and 'script' are given; keep one")]
    [InlineData("environment: sytem", "did you mean 'system'?")]
    [InlineData("environment: ubuntu", "an image needs a tag, a digest or a registry")]
    [InlineData("environment: ../requirements.txt", "it must be in the project")]
    [InlineData("data: { d: http://x/y }", "s3:// is the only URI scheme")]
    [InlineData("data: { d: s3://A/y }", "after s3:// comes the bucket")]
    [InlineData("data: { d: }", "d has no value: it must be a path or s3://bucket/key")]
    [InlineData("data: { a-b: x, a_b: y }", "'a_b' cannot name a channel: 'a-b' would be the same environment variable (…_A_B)")]
    [InlineData("data: [x]", "data must be a mapping of channels, each a path or s3:// URI, not a list of 1")]
    [InlineData("params: { lr: 1, LR: 2 }", "'LR' cannot name a parameter: 'lr' would be the same environment variable")]
    [InlineData("params: { seed: 1 }", "'seed' is set by Tenfold for each run; use {seed} or $TENFOLD_SEED")]
    [InlineData("params: { 1a: 1 }", "'1a' cannot name a parameter: it must begin with a letter or '_'")]
    [InlineData("params: { true: 1 }", "'true' cannot name a parameter: YAML reads it as another type than text")]
    [InlineData("params: { a: { b: 1 } }", "give each value in it its own parameter, such as a.…")]
    [InlineData("params: { a: [[1]] }", "entry 1 of a must be a number, true or false, or text, not a list of 1")]
    [InlineData("params: { a: .nan }", "a number must be finite")]
    [InlineData("params: { a: -.inf }", "a number must be finite")]
    [InlineData("params: { a: 1e999 }", "a number must be below 1.8e308")]
    [InlineData(
        "params: { a: 012 }",
        "octal to some YAML readers, decimal to others; write it without the leading 0, or quote it; did you mean '12'?")]
    [InlineData("params: { a: 1_000 }", "did you mean '1000'?")]
    [InlineData("params: { a: 9223372036854775808 }", "a whole number must fit 64 bits")]
    [InlineData("params: { a: 0xFFFFFFFFFFFFFFFFFF }", "a whole number must fit 64 bits")]
    [InlineData("metric: accuracy", "metric must be { name: …, goal: … }, not 'accuracy'")]
    [InlineData("metric: { name: accuracy, goal: maximum }", "did you mean 'maximize'?")]
    [InlineData("metrics: { l: 'l=.*' }", "put the part that is the value in parentheses")]
    [InlineData("metrics: { l: '(' }", "insufficient closing parentheses, at character 1")]
    [InlineData("metrics: { l: '(?P<x>a)' }", "write a named group as (?<name>…)")]
    [InlineData("early_stopping: { metric: loss, patience: 0 }", "patience must be a whole number of at least 1, not '0'")]
    [InlineData("early_stopping: { metric: loss }", "'patience' is missing in early_stopping")]
    [InlineData("early_stopping: { metric: loss, patience: 2, min_delta: -1 }", "min_delta must be a number of at least 0, not '-1'")]
    [InlineData("exclude: '*.ckpt'", "exclude must be a list of patterns, not '*.ckpt': begin each entry with '- '")]
    [InlineData("secrets: [A, A]", "secret 'A' is listed twice")]
    [InlineData("secrets: [TENFOLD_API_KEY]", "names that begin with TENFOLD_ are set by Tenfold")]
    [InlineData("secrets: [A, TENFOLD_LEDGER]", "names that begin with TENFOLD_ are set by Tenfold")]
    [InlineData("secrets: [TENFOLD_SEED]", "names that begin with TENFOLD_ are set by Tenfold")]
    public void Faults_of_train_say_what_is_wanted(string lines, string fault) => Samples.TrainFault(lines).ShouldContain(fault);

    [Theory]
    [InlineData("resources: { cpus: 0 }", "cpus must be a number above 0 and at most 10000, not '0'")]
    [InlineData("resources: { cpus: .inf }", "cpus must be a number above 0 and at most 10000, not '.inf'")]
    [InlineData("resources: { gpus: 1.5 }", "gpus must be a whole number from 0 to 1000, not '1.5'")]
    [InlineData("resources: { memory: 4 }", "the unit is missing; did you mean '4GB'?")]
    [InlineData("resources: { memory: 4G }", "did you mean '4GB'?")]
    [InlineData("resources: { memory: 0GB }", "it must be more than 0")]
    [InlineData("resources: { memory: -4GB }", "memory must be a size with its unit")]
    [InlineData("resources: { max_runtime: 90 }", "did you mean '90m'?")]
    [InlineData("resources: { max_runtime: 30m1h }", "the units d, h, m, s, in this order")]
    [InlineData("resources: { max_runtime: 1.5h }", "the units d, h, m, s, in this order")]
    [InlineData("resources: { max_runtime: 0s }", "more than 0 and at most 365d")]
    [InlineData("resources: { retries: '2' }", "retries must be a whole number from 0 to 100, not '2': in quotes it is text; remove them")]
    [InlineData("resources: 4", "resources must be a mapping with cpus, memory and the like, not '4'")]
    [InlineData("command: x", "3:1: unknown key 'command'; it belongs under 'train'")]
    [InlineData("frobnicate: x", "unknown key 'frobnicate'; known here: name, train, resources, repeat, sweep, serve, targets, limits, on, notify, store")]
    [InlineData("serve: { input: x.json }", "'command' is missing in serve")]
    [InlineData("serve: { command: x, input: ../x.json }", "it must be in the project")]
    [InlineData("serve: { command: 'x {prot}' }", "serve: command names {prot}, which train.params does not declare")]
    [InlineData("serve: { command: x, replicas: 0 }", "replicas must be a whole number from 1 to 100, not '0'")]
    [InlineData("serve: { command: x, gate: 1.0.0 }", "gate must be { compare: … }, not '1.0.0'")]
    [InlineData("serve: { command: x, gate: { require: better } }", "'compare' is missing in gate")]
    [InlineData("serve: { command: x, gate: { compare: 1.0 } }", "put it in quotes; did you mean '\"1.0\"'?")]
    [InlineData("serve: { command: x, gate: { compare: a, margin: 0 } }", "margin must be a number above 0")]
    [InlineData("on: { push: { fail_on: maybe_worse } }", "fail_on: maybe_worse needs 'margin'")]
    [InlineData("serve: { command: x, gate: { compare: a, require: worse } }", "require must be better or not_worse, not 'worse'")]
    [InlineData("serve: { command: x, redact: email }", "redact must be a list of JSON Pointers, not 'email'")]
    [InlineData("serve: { command: x, redact: [email] }", "entry 1 of redact must be a JSON Pointer such as /user/email, not 'email'")]
    [InlineData("serve: { command: x, redact: [/a~b] }", "'~' is written ~0, and '/' in a name ~1")]
    [InlineData("serve: { command: x, timeout: 30 }", "did you mean '30m'?")]
    [InlineData("serve: { command: x, max_body: 6 }", "the unit is missing; did you mean '6GB'?")]
    [InlineData("serve: { command: x, comand: y }", "did you mean 'command'?")]
    [InlineData("serve: { command: x, sample: sample.csv }", "sample must be a .json file of the project")]
    [InlineData("store: gs://bucket", "s3:// is the only URI scheme")]
    [InlineData("targets: { c: { kind: slurn } }", "kind must be one of local, slurm, notebook, not 'slurn'; did you mean 'slurm'?")]
    [InlineData("targets: { c: { kind: slurm, partion: gpu } }", "did you mean 'partition'?")]
    [InlineData("targets: { c: { kind: local, partition: gpu } }", "unknown key 'partition'; known here: kind, parallel")]
    [InlineData("targets: { c: { kind: batch, region: x } }", "kind must be one of local, slurm, notebook, not 'batch'")]
    [InlineData("targets: { c: { region: x } }", "'kind' is missing in c")]
    [InlineData("targets: { local: { kind: slurm } }", "the target 'local' is this machine")]
    public void Faults_of_other_parts_say_what_is_wanted(string lines, string fault) =>
        string.Join('\n', Samples.Faults(Samples.With(lines))).ShouldContain(fault);

    [Theory]
    [InlineData("HF_TOKEN=hunter2")]
    [InlineData("sk-hunter2")]
    public void A_secret_in_the_file_is_not_shown(string secret) =>
        Samples.TrainFault($"secrets: [ {secret} ]").ShouldNotContain("hunter2");

    [Theory]
    [InlineData("name: a\nne: { rule:", 2)]
    [InlineData("-name: a\nresources: { max_runtime: 9m }\nne: { rule:", 3)]
    [InlineData("-name: a\r\nne: [ a,", 2)]
    public void A_fault_at_the_end_lies_in_the_file(string yaml, int lines)
    {
        var read = Samples.Reader.Read(yaml, "tenfold.yaml");
        read.Faults.Count.ShouldBeGreaterThan(0);
        read.Faults.ShouldAllBe(fault => fault.Line >= 1 && fault.Line <= lines);
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        Samples.Faults("name: " + new string('[', 100_000)).ShouldHaveSingleItem().ShouldContain("nested more than 32 deep");

    [Fact]
    public void Aliases_that_grow_without_bound_are_refused()
    {
        var yaml = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat("bcdefgh".Select(c =>
            $"{c}: &{c} [{string.Join(',', Enumerable.Repeat($"*{(char)(c - 1)}", 9))}]\n"));
        Samples.Faults(yaml).ShouldContain(fault => fault.Contains("with aliases expanded"));
    }

    [Fact]
    public void An_oversized_file_is_refused() =>
        Samples.Faults(new string('x', 2_000_000)).ShouldHaveSingleItem().ShouldContain("Is it the right file?");

    [Fact]
    public void A_faulty_value_is_truncated_and_escaped()
    {
        var fault = Samples.Fault($"repeat: \"\\e[31m\\u202e\\n{new string('x', 500)}\"");
        fault.Length.ShouldBeLessThan(200);
        fault.ShouldContain("'\\u001b[31m\\u202e\\nxxx");
        fault.ShouldContain("…'");
    }

    [Fact]
    public void An_unreadable_file_is_a_fault() => Samples.InFolder(folder =>
    {
        var path = Path.Combine(folder, "tenfold.yaml");
        Samples.Reader.ReadFile(path).Faults.ShouldHaveSingleItem().Message.ShouldStartWith("cannot be read");
        Samples.Reader.ReadFile(folder).Faults.ShouldHaveSingleItem().Message.ShouldBe("this is a folder, not a file");
        File.WriteAllBytes(path, [.. "name: a\ntrain: {command: caf"u8, 0xE9, .. "}\n"u8]);
        Samples.Reader.ReadFile(path, "t.yaml").Faults.ShouldHaveSingleItem().ToString()
            .ShouldBe("t.yaml:2:21: not valid UTF-8 here; save the file as UTF-8");
        File.WriteAllBytes(path, [0xFF, 0xFE, 0x61, 0x00]);
        Samples.Reader.ReadFile(path).Faults.ShouldHaveSingleItem().Message.ShouldContain("UTF-16");
    });
}
