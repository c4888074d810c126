using Tenfold.Core.Attempts;
using Tenfold.Core.Data;
using Tenfold.Core.Platform;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;

namespace Tenfold.Agent.Tests.Nodes;

public sealed class An_attempt_runs_on_any_machine : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task An_attempt_needs_nothing_but_the_store()
    {
        _machine.Write("train.sh", "cat README; echo '{\"metric\":\"loss\",\"value\":0.5}'; echo weights > $TENFOLD_MODEL_DIR/m\n");
        var assignment = await SubmitAsync("sh train.sh");
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue(string.Join('\n', node.Said));
        var report = await _machine.ReportAsync();
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["a project", "{\"metric\":\"loss\",\"value\":0.5}"]);
        (await _machine.MetricsAsync())["loss"].Last.ShouldBe(0.5);
        (await _machine.KeptAsync("model/m")).ShouldBe("weights\n");
        Directory.GetDirectories(node.Folder["home/work/"] + Environment.MachineName).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("exit 3", 0, false)]
    [InlineData("exit 3", 1, true)]
    [InlineData("true", 1, false)]
    public async Task The_report_says_whether_a_retry_follows_and_the_agent_queues_none(string command, int retries, bool follows)
    {
        var assignment = await SubmitAsync(command, spec => spec with { Resources = new ResourceSpec { Retries = retries } });
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.ReportAsync()).IsRetried.ShouldBe(follows);
        _machine.Queue.Waiting().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_script_gets_the_schedulers_resources_and_the_planning_shells_software()
    {
        var assignment = await SubmitAsync("env", spec => spec with
        {
            Shell = new Dictionary<string, string>
            {
                ["PATH"] = "/opt/venv/bin:/usr/bin:/bin",
                ["VIRTUAL_ENV"] = "/opt/venv",
                ["CONDA_PREFIX"] = "/opt/conda",
                ["OMP_NUM_THREADS"] = "3",
                ["LC_ALL"] = "C.UTF-8",
                ["HOME"] = "/home/laptop",
                ["TMPDIR"] = "/laptop/tmp",
                ["CUDA_VISIBLE_DEVICES"] = "7",
                ["XDG_RUNTIME_DIR"] = "/run/laptop",
            },
            Secrets = ["HF_TOKEN"],
            Resources = new ResourceSpec { Gpus = 2 },
        });
        using var node = new Node(
            _machine.Store, ("PATH", "/opt/slurm/bin:/usr/bin"), ("HOME", "/home/cluster"), ("TMPDIR", "/local/tmp"),
            ("SLURM_JOB_ID", "42"), ("CUDA_VISIBLE_DEVICES", "2,3"),
            ("HF_TOKEN", "hf-secret"), ("AWS_SECRET_ACCESS_KEY", "aws-secret"), ("TENFOLD_LEDGER", "postgres://x:pw@y"),
            ("SITE_MODULES", "on"))
        { Host = { Cpus = 6 } };
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var seen = (await _machine.PrintedAsync()).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1]);
        var expected = new Dictionary<string, string?>
        {
            ["PATH"] = "/opt/venv/bin:/usr/bin:/bin:/opt/slurm/bin",
            ["VIRTUAL_ENV"] = "/opt/venv",
            ["CONDA_PREFIX"] = "/opt/conda",
            ["OMP_NUM_THREADS"] = "3",
            ["LC_ALL"] = "C.UTF-8",
            ["HOME"] = "/home/cluster",
            ["TMPDIR"] = "/local/tmp",
            ["SLURM_JOB_ID"] = "42",
            ["CUDA_VISIBLE_DEVICES"] = "2,3",
            ["SM_NUM_GPUS"] = "2",
            ["SM_NUM_CPUS"] = "6",
            ["SITE_MODULES"] = "on",
            ["HF_TOKEN"] = "***",
            ["XDG_RUNTIME_DIR"] = null,
            ["AWS_SECRET_ACCESS_KEY"] = null,
            ["TENFOLD_LEDGER"] = null,
            ["TENFOLD_SEED"] = "1001",
        };
        foreach (var (name, value) in expected) seen.GetValueOrDefault(name).ShouldBe(value, name);
        _machine.Folder.FilesWith("hf-secret").ShouldBeEmpty();
        node.Folder.FilesWith("hf-secret").ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_CUDAs_own_ids_are_given_to_CUDA()
    {
        var assignment = await SubmitAsync("env", spec => spec with { Resources = new ResourceSpec { Gpus = 2 } });
        using var node = new Node(_machine.Store, ("ROCR_VISIBLE_DEVICES", "2,3"));
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        // HIP reads CUDA_VISIBLE_DEVICES too, and counts from 0 within what ROCR shows.
        var printed = await _machine.PrintedAsync();
        printed.ShouldContain("SM_NUM_GPUS=2");
        printed.ShouldContain("ROCR_VISIBLE_DEVICES=2,3");
        printed.ShouldNotContain(line => line.StartsWith("CUDA_VISIBLE_DEVICES=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_short_run_shows_a_sign_of_life()
    {
        var assignment = await SubmitAsync("true", spec => spec);
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.Store.ExistsAsync(AttemptKeys.Heartbeat(assignment.Attempt), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_targets_setup_takes_precedence_over_the_shell()
    {
        var assignment = await SubmitAsync("env", spec => spec with
        {
            Shell = new Dictionary<string, string>
            {
                ["PATH"] = "/opt/venv/bin:/usr/bin:/bin",
                ["CUDA_HOME"] = "/old",
                ["PYTHONPATH"] = "/gone",
            },
        });
        using var node = new Node(
            _machine.Store, ("PATH", "/modules/bin:/opt/venv/bin:/usr/bin:/bin"), ("CUDA_HOME", "/modules/cuda"),
            (ShellVariables.IsSetUp, "1"));
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var seen = await _machine.PrintedAsync();
        seen.ShouldContain("PATH=/modules/bin:/opt/venv/bin:/usr/bin:/bin");
        seen.ShouldContain("CUDA_HOME=/modules/cuda");
        seen.ShouldNotContain(
            line => line.StartsWith("PYTHONPATH=", StringComparison.Ordinal)
                || line.StartsWith(ShellVariables.IsSetUp, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Missing_secrets_are_named()
    {
        var assignment = await SubmitAsync("echo started", spec => spec with { Secrets = ["HF_TOKEN", "WANDB"] });
        using var node = new Node(_machine.Store, ("WANDB", "w"));
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        (report.State, report.Ending).ShouldBe((AttemptState.Failed, Ending.NotStarted));
        report.Reason.Words().ShouldNotBeNull().ShouldContain("HF_TOKEN");
        report.Reason.Words().ShouldNotBeNull().ShouldNotContain("WANDB");
    }

    [Theory]
    [InlineData(true, AttemptState.Lost, Ending.Lost)]
    [InlineData(false, AttemptState.Failed, Ending.NotStarted)]
    public async Task Secrets_that_cannot_be_read_for_the_moment_lose_the_attempt(bool isPassing, AttemptState state, Ending ending)
    {
        var assignment = await SubmitAsync("echo started", spec => spec with { Secrets = ["HF_TOKEN"] });
        using var node = new Node(_machine.Store);
        node.Host.Secrets = new(new Dictionary<string, string>(), new Reason.NotStarted("no answer")) { IsPassing = isPassing };
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        (report.State, report.Ending, report.IsRetried).ShouldBe((state, ending, isPassing));
        report.Reason.Words().ShouldBe("no answer");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Data_is_read_from_its_path_or_from_the_store(bool isThere)
    {
        _machine.Folder.Write("data/set/a.csv", "1,2\n");
        _machine.Folder.Write("data/set/deep/b.csv", "3,4\n");
        _machine.Folder.Write("data/alone/one.csv", "5,6\n");
        var assignment = await SubmitAsync(
            "cat $TENFOLD_DATA_SET/a.csv $TENFOLD_DATA_SET/deep/b.csv $TENFOLD_DATA_ONE $SM_CHANNEL_ONE/one.csv; ls $SM_CHANNEL_ONE",
            Pinned);
        if (!isThere)
        {
            foreach (var data in assignment.Spec.Data.Values)
                (await new DataPublisher(_machine.Store, _machine.Folder["index"], TimeProvider.System).PublishAsync(
                    data.Path, data.Hash, null, CancellationToken.None)).ShouldBeNull();
            Directory.Delete(_machine.Folder["data"], recursive: true);
        }

        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        report.State.ShouldBe(AttemptState.Succeeded, report.Reason.Words());
        (await _machine.PrintedAsync()).ShouldBe(["1,2", "3,4", "5,6", "5,6", "one.csv"]);
        Directory.Exists(node.Folder["home/data"]).ShouldBe(!isThere);
    }

    [Fact]
    public async Task Missing_data_is_reported_with_the_places_that_were_searched()
    {
        _machine.Folder.Write("data/alone/one.csv", "5,6\n");
        var assignment = await SubmitAsync(
            "echo started", spec => Pinned(spec) with { Data = Pinned(spec).Data.Where(data => data.Key == "one").ToDictionary() });
        _machine.Folder.Write("data/alone/one.csv", "other\n");
        using var node = new Node(_machine.Store);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        var report = await _machine.ReportAsync();
        report.Ending.ShouldBe(Ending.NotStarted);
        foreach (var part in new[] { "channel 'one'", _machine.Folder["data/alone/one.csv"], "has other content", _machine.Store.Url,
            "tenfold fit" }) report.Reason.Words().ShouldNotBeNull().ShouldContain(part);
        (await _machine.PrintedAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Damaged_fetched_data_is_fetched_again()
    {
        var path = _machine.Folder.Write("data/alone/one.csv", "5,6\n");
        var assignment = await SubmitAsync(
            "cat $TENFOLD_DATA_ONE",
            spec => Pinned(spec) with { Data = Pinned(spec).Data.Where(data => data.Key == "one").ToDictionary() });
        var hash = assignment.Spec.Data["one"].Hash;
        (await new DataPublisher(_machine.Store, _machine.Folder["index"], TimeProvider.System).PublishAsync(
            path, hash, null, CancellationToken.None)).ShouldBeNull();
        File.Delete(path);
        using var node = new Node(_machine.Store);
        node.Folder.Write($"home/data/{hash}/one.csv", "half");
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await _machine.PrintedAsync()).ShouldBe(["5,6"]);
    }

    [Fact]
    public async Task Processes_and_files_of_killed_agents_are_removed()
    {
        var assignment = await SubmitAsync("true");
        using var node = new Node(_machine.Store);
        var left = $"{_machine.Group}-9-1";
        node.Folder.Write($"home/work/{Environment.MachineName}/{left}/model/m", "x");
        node.Folder.Write($"home/work/{Environment.MachineName}/kept-1-1/model/m", "x");
        node.Folder.Write($"home/work/{Environment.MachineName}/kept-1-1.left", "");
        var orphan = ChildProcess.Start(
            new ProcessStart
            {
                Program = "/bin/sleep",
                Arguments = ["600"],
                Environment = new Dictionary<string, string> { [QueueLifecycle.Marker] = left },
                NewSession = true
            }, TimeProvider.System);
        (await node.RunAsync(assignment.Attempt)).ShouldBeTrue();
        (await orphan.Ended.WaitAsync(Eventually.Deadline)).Signal.ShouldBe(9);
        Directory.GetDirectories(node.Folder["home/work/"] + Environment.MachineName).Select(Path.GetFileName).ShouldBe(["kept-1-1"]);
    }

    private WorkSpec Pinned(WorkSpec spec) => spec with
    {
        Data = new[] { "set", "alone/one.csv" }.ToDictionary(
            name => Path.GetFileNameWithoutExtension(name),
            name => new ContentHasher(_machine.Folder["index"], TimeProvider.System).Compute(
                _machine.Folder[$"data/{name}"], CancellationToken.None)
                .Match(hashed => new DataSpec(_machine.Folder[$"data/{name}"], hashed.Sha256, hashed.SizeBytes),
                    _ => new DataSpec("", "", 0))),
    };

    private async Task<Assignment> SubmitAsync(string command, Func<WorkSpec, WorkSpec>? with = null)
    {
        var spec = await _machine.SpecAsync(command);
        return await Node.SubmitAsync(_machine.Store, _machine.Assign(with is null ? spec : with(spec))[0]);
    }
}
