using Tenfold.App;
using Tenfold.App.Cancelling;
using Tenfold.App.Fitting;
using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.Deploying;
using Tenfold.App.Serving.Experiments;
using Tenfold.App.Serving.Routing;
using Tenfold.Cli.Commands;
using Tenfold.Cli.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Experiments;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Versions;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Demo;

/// <summary>
/// Trains the sample <c>iris</c> twice, serves both versions behind a gateway, lets 150 users a round decide between them, and takes the
/// worse one out of service.
/// </summary>
/// <remarks>It has a home of its own, so that it neither changes the user's versions nor starts their services.</remarks>
internal sealed class ServingStory
{
    private const string Model = "iris", Worse = "1.0.0", Better = "1.1.0";
    private const int Rounds = 12, FlowersPerRound = 150;

    private readonly Services _user;
    private readonly string _python;
    private readonly Services _services;

    private ServingStory(Services user, string python)
    {
        (_user, _python) = (user, python);
        var home = Path.Combine(user.Home, "demo", $"serving-{Guid.NewGuid().ToString("N")[..8]}");
        var variables = PrivateVariables.Without(user.Environment);
        variables["TENFOLD_HOME"] = home;
        variables["PATH"] = $"{Path.GetDirectoryName(_python)}:{variables.GetValueOrDefault("PATH")}";
        _services = Services.Open(new ServiceOptions { Home = home, Session = user.Session with { Environment = variables } });
    }

    /// <summary>Tells the story. Whatever it started has ended afterwards, also when a signal ends the story.</summary>
    /// <param name="user">The services of the user's home.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> TellAsync(Services user)
    {
        using var signals = new ShutdownSignals();
        if (await FindPythonAsync(user.Environment, user.Time) is { } python)
            return await new ServingStory(user, python).TellAsync(signals.Requested);
        Say("The part about serving needs a python3 with scikit-learn: apt-get install python3-sklearn");
        return ExitCodes.Success;
    }

    private async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        Say("""
            A better model is only worth something in service. 150 iris flowers, and a classifier that is trained twice: as version
            1.0.0 it is held back too much (c = 0.005), as 1.1.0 it isn't. Which one is better, its users say.

            """);
        RemoveFormerHomes();
        var sample = DemoSample.Unpack(_user.Home, Model);
        GroupRecord[] groups = [await StartAsync(sample, ["c=0.005"], cancellationToken), await StartAsync(sample, [], cancellationToken)];
        foreach (var group in groups)
        {
            // It handles the signals itself.
            if (await FitCommand.FollowAsync(_services, group, CancellationToken.None)) continue;
            // Nobody would look for them in the demo's own home.
            await new RunCanceller(_services).CancelAsync([.. groups.Select(one => one.Id)], CancellationToken.None);
            return ExitCodes.Interrupted;
        }

        await DeployAsync(groups[0], Worse, cancellationToken);
        await using var gateway = DemoGateway.Start(_services.Home, _services.Environment, _services.Time);
        await gateway.WaitUntilListensAsync(cancellationToken);
        await gateway.WaitForRouteAsync(Model, 1, isExperiment: false, cancellationToken);
        Say($"  tenfold gateway                    answers at {gateway.Address}, and logs every request\n");
        Say($"  150 flowers at once                {await LoadAsync(gateway, sample, "first", cancellationToken)}");
        await DeployAsync(groups[1], Better, cancellationToken);
        await DecideAsync(gateway, sample, cancellationToken);
        Say($"""

            Nothing that was logged is lost:

              TENFOLD_HOME={_services.Home} {DemoSample.Command} ab show {Model}
              TENFOLD_HOME={_services.Home} {DemoSample.Command} requests {Model}
              TENFOLD_HOME={_services.Home} {DemoSample.Command} report {Model} -o iris.html

            The gateway and both services end now. `samples/iris` goes through the same steps by hand.
            """);
        return ExitCodes.Success;
    }

    private async Task<GroupRecord> StartAsync(string folder, string[] parameters, CancellationToken cancellationToken)
    {
        var request = new FitRequest { Script = folder, Repeat = 1, Parameters = parameters };
        var plan = await new FitPlanner(_services).PlanAsync(request, cancellationToken).OrFailAsync();
        return await new Submitter(_services).RecordAsync(plan, Terminal.Say, cancellationToken).OrFailAsync();
    }

    private async Task DeployAsync(GroupRecord group, string version, CancellationToken cancellationToken)
    {
        var run = (await _services.Ledger.ListRunsAsync(group.Id, cancellationToken))[0].Run;
        if (run.State != RunState.Succeeded)
            throw new CommandException(ExitCodes.RunFailed, $"{run.Id} did not succeed, and the demo needs it: {run.Reason}");
        var request = new DeployRequest { Run = run.Id, Version = version };
        var deployed = await new VersionDeployer(_services).DeployAsync(request, null, cancellationToken).OrFailAsync();
        var passed = deployed.Results.Count(result => result.Verdict == RuleVerdict.Passed);
        var traffic = deployed.Share > 0 ? "the first version gets all traffic" : "without traffic yet";
        Say($"  tenfold deploy RUN --as {version}      its service passed {passed} checks; {traffic}");
    }

    private async Task DecideAsync(DemoGateway gateway, string sample, CancellationToken cancellationToken)
    {
        var control = new TrafficControl(_services);
        var half = new Dictionary<string, int> { [Worse] = BucketRanges.Buckets / 2, [Better] = BucketRanges.Buckets / 2 };
        var route = await control.DivideAsync(Model, half, null, cancellationToken).OrFailAsync();
        var desk = new ExperimentDesk(_services.Versions, _services.Requests, _services.Session.Place, _services.Time);
        var request = new ExperimentRequest(Model, Worse, Better, "reward") { ExpectedKeys = 500 };
        await desk.StartAsync(request, cancellationToken).OrFailAsync();
        await gateway.WaitForRouteAsync(Model, route.Revision, isExperiment: true, cancellationToken);
        Say($"""
              tenfold traffic iris {Worse}=50 {Better}=50, and tenfold ab start iris {Worse} {Better} --metric reward

            Each answer is reported to be right (1) or wrong (0). The verdict may be watched after every round:

            """);
        var verdict = ExperimentVerdict.KeepGoing;
        for (var round = 1; round <= Rounds && verdict == ExperimentVerdict.KeepGoing; round++)
        {
            await LoadAsync(gateway, sample, $"round-{round}", cancellationToken);
            var status = await LookAsync(desk, round * FlowersPerRound, cancellationToken);
            verdict = status.Verdict;
            Say($"  {status.Baseline.Keys + status.Candidate.Keys,5} users   {Share(status.Baseline)}, {Share(status.Candidate)}   "
                + ExperimentText.Word(verdict).ToUpperInvariant());
            if (verdict != ExperimentVerdict.KeepGoing) Say($"\n  {ExperimentText.Sentence(status)}\n");
        }

        if (verdict != ExperimentVerdict.Better)
        {
            Say($"\nThe users have not decided within {Rounds} rounds, so {Worse} stays.");
            return;
        }

        await desk.StopAsync(Model, cancellationToken).OrFailAsync();
        route = await control.RevertAsync(Model, Worse, cancellationToken).OrFailAsync();
        await gateway.WaitForRouteAsync(Model, route.Revision, isExperiment: false, cancellationToken);
        Say($"  tenfold revert iris {Worse}          {Better} gets all traffic");
        Say($"  150 flowers at once                {await LoadAsync(gateway, sample, "last", cancellationToken)}");
    }

    // The gateway loads its log into the database within moments.
    private async Task<ExperimentStatus> LookAsync(ExperimentDesk desk, long keys, CancellationToken cancellationToken)
    {
        const int Looks = 100;
        for (var look = 1; ; look++)
        {
            var status = await desk.JudgeAsync(Model, cancellationToken).OrFailAsync();
            if (status.Baseline.Measured + status.Candidate.Measured >= keys || look == Looks) return status;
            await Task.Delay(TimeSpan.FromMilliseconds(100), _services.Time, cancellationToken);
        }
    }

    private async Task<string> LoadAsync(DemoGateway gateway, string sample, string name, CancellationToken cancellationToken)
    {
        var output = Path.Combine(_services.Home, $"load-{name}.log");
        var process = ChildProcess.Start(
            new ProcessStart
            {
                Program = _python,
                Arguments = [Path.Combine(sample, "load.py"), "--url", gateway.Address!, "--name", name],
                Environment = _services.Environment,
                Folder = sample,
                OutputFile = output,
            },
            _services.Time);
        try
        {
            var end = await process.Ended.WaitAsync(cancellationToken);
            var printed = (await File.ReadAllTextAsync(output, cancellationToken)).Trim();
            return end.ExitCode == 0 ? printed.ReplaceLineEndings("; ")
                : throw new CommandException(ExitCodes.Unavailable, $"the demo's requests failed:\n{printed}");
        }
        finally
        {
            process.Kill();
        }
    }

    // A former demo's agent may still be about to end; its home goes the next time.
    private void RemoveFormerHomes()
    {
        foreach (var home in Directory.GetDirectories(Path.Combine(_user.Home, "demo"), "serving-*"))
        {
            if (home == _services.Home) continue;
            try
            {
                var agent = new WorkQueue(Path.Combine(home, "local", "queue")).TryLock();
                if (agent is null) continue;
                FolderRemoval.Delete(home);
                agent.Dispose();
            }
            catch (IOException)
            {
                // It takes up some space.
            }
        }
    }

    private static string Share(ArmStatus arm) => $"{arm.Version} {arm.Mean * 100:0.0} % right";

    private static void Say(string text) => Console.Out.WriteLine(text);

    // The first Python that has what the sample imports: often only the system's does.
    private static async Task<string?> FindPythonAsync(IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var folders = $"{environment.GetValueOrDefault("PATH")}:/usr/bin".Split(':', StringSplitOptions.RemoveEmptyEntries).Distinct();
        foreach (var folder in folders)
        {
            if (SearchPath.Find("python3", folder) is not { } python) continue;
            var process = ChildProcess.Start(
                new ProcessStart { Program = python, Arguments = ["-c", "import joblib, sklearn"], Environment = environment },
                time);
            if ((await process.Ended).ExitCode == 0) return python;
        }

        return null;
    }
}
