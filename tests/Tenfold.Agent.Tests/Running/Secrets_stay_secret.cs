using System.Net.Sockets;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

namespace Tenfold.Agent.Tests.Running;

public sealed class Secrets_stay_secret : IDisposable
{
    private const string Name = "TENFOLD_TEST_TOKEN", Value = "s3cr3t-value-4711";
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task A_run_waits_until_its_secret_is_delivered_and_no_file_ever_holds_it()
    {
        var spec = await _machine.SpecAsync(
            $$"""test "${{Name}}" = {{Value[..4]}}{{"''"}}{{Value[4..]}} && echo got it; echo "token ${{Name}}"; echo "e ${{Name}}" >&2; exit 7""") with
        { Secrets = [Name] };
        _machine.Queue.Add(_machine.Assign(spec));
        var served = _machine.ServeAsync();
        _machine.Queue.Add(_machine.Assign(await _machine.SpecAsync("true"), group: "other000"));
        await Eventually.ShouldBeAsync(() => _machine.Report("other000-1-1")?.State == AttemptState.Succeeded, "what needs no secret runs");
        _machine.Report().ShouldNotBeNull().ShouldSatisfyAllConditions(
            report => report.State.ShouldBe(AttemptState.Queued), report => report.Reason.Words().ShouldNotBeNull().ShouldContain(Name));

        await DeliverAsync("""{"group":null,"values":{}}""");
        await DeliverAsync("no JSON at all");
        (await DeliverAsync(
            JsonSerializer.Serialize(
                new SecretDelivery(_machine.Group, new Dictionary<string, string> { [Name] = Value }), AttemptJson.Default.SecretDelivery)))
                    .ShouldBeTrue();
        await served;
        var report = await _machine.ReportAsync();
        report.ExitCode.ShouldBe(7);
        report.Reason.Words().ShouldBe("exit code 7\ne ***");
        (await _machine.PrintedAsync()).ShouldBe(["got it", "token ***"]);
        _machine.Folder.FilesWith(Value).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_part_of_a_secret_is_shown_where_a_long_line_is_cut_for_the_reason()
    {
        var report = await RunWithSecretAsync(
            "TENFOLD_TEST_CUT", """/usr/bin/python3 -c 'import os, sys; sys.exit("x" * 390 + os.environ["TENFOLD_TEST_CUT"])'""");
        report.State.ShouldBe(AttemptState.Failed);
        report.Reason.Words().ShouldNotBeNull().ShouldNotContain("s3cr");
    }

    [Fact]
    public async Task A_secret_in_the_output_of_an_installer_is_hidden()
    {
        _machine.SetVariable("TENFOLD_TEST_PIP", Value);
        _machine.Write("requirements.txt", "nothing\n");
        var python = _machine.Folder.Write("bin/python3", "#!/bin/sh\necho \"no access with $TENFOLD_TEST_PIP\" >&2\nexit 1\n");
        File.SetUnixFileMode(python, (UnixFileMode)0x1ED);
        var report = await RunWithSecretAsync("TENFOLD_TEST_PIP", "true", spec => spec with
        {
            Environment = new EnvironmentSpec("requirements", "requirements.txt", "aa"),
            Shell = new Dictionary<string, string> { ["PATH"] = $"{_machine.Folder["bin"]}:/usr/bin:/bin" },
        });
        report.Reason.Words().ShouldNotBeNull().ShouldContain("no access with ***");
        _machine.Folder.FilesWith(Value).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_runs_that_name_a_secret_get_it()
    {
        _machine.SetVariable("TENFOLD_TEST_OTHERS", Value);
        await _machine.RunAsync("env");
        (await _machine.PrintedAsync()).ShouldNotContain(line => line.Contains(Value));
    }

    [Fact]
    public async Task A_secret_across_two_pieces_of_a_line_or_escaped_as_JSON_is_hidden()
    {
        const string quoted = "back\\slash \"quote\" 4711";
        await RunWithSecretAsync(
            "TENFOLD_TEST_PIECES",
            $$"""/usr/bin/python3 -c 'import json, os; s = os.environ["TENFOLD_TEST_PIECES"]; print("x" * ({{LogLine.MaxTextBytes}} - 7) + s + "y"); print(json.dumps({"metric": s, "value": 1}))'""",
            value: quoted);
        var printed = string.Concat(await _machine.PrintedAsync());
        printed.ShouldContain("x***y");
        foreach (var part in new[] { "slash", "quote", "4711" }) printed.ShouldNotContain(part);
        (await _machine.MetricsAsync()).Keys.ShouldBe(["***"]);
        _machine.Folder.FilesWith("4711").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_is_hidden_in_the_name_of_a_metric_however_JSON_writes_it()
    {
        const string accented = "pässwörd-4711";
        await RunWithSecretAsync(
            "TENFOLD_TEST_ACCENTED",
            """/usr/bin/python3 -c 'import json, os; print(json.dumps({"metric": os.environ["TENFOLD_TEST_ACCENTED"], "value": 1}))'""",
            value: accented);
        (await _machine.MetricsAsync()).Keys.ShouldBe(["***"]);
        _machine.Folder.FilesWith(accented).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_secret_in_the_name_of_a_file_that_is_not_kept_is_hidden()
    {
        var report = await RunWithSecretAsync("TENFOLD_TEST_FILE", "mkfifo \"$TENFOLD_MODEL_DIR/$TENFOLD_TEST_FILE\"");
        var words = report.Warnings.Select(warning => warning.ToString()).ToList();
        words.ShouldContain(text => text!.Contains("***"), string.Join('\n', words));
        words.ShouldNotContain(text => text!.Contains(Value));
        // The manifest names the script's files as the script called them.
        _machine.Folder.FilesWith(Value).ShouldAllBe(file => file.EndsWith("/manifest.json"));
    }

    // A run waits for its secret; then it is delivered, as a command in a shell that has it does.
    private async Task<AttemptReport> RunWithSecretAsync(
        string name, string command, Func<WorkSpec, WorkSpec>? with = null, string value = Value)
    {
        var spec = await _machine.SpecAsync(command) with { Secrets = [name] };
        _machine.Queue.Add(_machine.Assign(with is null ? spec : with(spec)));
        var served = _machine.ServeAsync();
        await Eventually.ShouldBeAsync(() => _machine.Report()?.State == AttemptState.Queued, "it waits");
        var delivery = new SecretDelivery(_machine.Group, new Dictionary<string, string> { [name] = value });
        (await DeliverAsync(JsonSerializer.Serialize(delivery, AttemptJson.Default.SecretDelivery))).ShouldBeTrue();
        (await served).ShouldBeTrue();
        return await _machine.ReportAsync();
    }

    private async Task<bool> DeliverAsync(string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_machine.Queue.SocketPath));
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text));
        socket.Shutdown(SocketShutdown.Send);
        try
        {
            return await socket.ReceiveAsync(new byte[8]).WaitAsync(Eventually.Deadline) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
