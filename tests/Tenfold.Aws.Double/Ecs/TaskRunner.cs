using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Batch;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Machines;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ecs;

/// <summary>Runs the tasks of services as child processes, and checks their health. Its methods run under the service's gate.</summary>
internal sealed class TaskRunner(
    Account account, Lock gate, LogsService logs, Func<string, JsonObject> definitionOf, Func<string, string> secretOf)
{
    private const int BreakerThreshold = 3, DefaultStopSeconds = 30, DefaultIntervalSeconds = 30;
    private bool _isStopped;

    /// <summary>Why imagined tasks end at once; null when they don't.</summary>
    public string? Failure { get; set; }

    /// <summary>True while imagined tasks don't become healthy.</summary>
    public bool IsHealthHeld { get; set; }

    public void Stop() => _isStopped = true;

    /// <summary>Starts or ends tasks until a service has as many as it should.</summary>
    public void Adjust(ServiceRecord service)
    {
        if (_isStopped) return;
        var living = service.Tasks.Where(task => task.DesiredStatus == "RUNNING").ToList();
        // A deleted service ends protected tasks too.
        var now = account.Time.GetUtcNow();
        var ended = living.Where(task => service.Status != "ACTIVE" || !(task.ProtectedUntil > now)).Reverse()
            .Take(living.Count - service.Desired);
        foreach (var task in ended.ToList()) End(service, task, "Scaling activity initiated by (deployment ecs-svc/1)");
        for (var count = living.Count; count < service.Desired && service.RolloutState != "FAILED"; count++) Start(service);
        Settle(service);
    }

    /// <summary>Lets the imagined tasks of a service become healthy.</summary>
    public void MakeHealthy(ServiceRecord service)
    {
        if (service.RunsProcesses) return;
        foreach (var task in service.Tasks.Where(task => task.LastStatus == "RUNNING")) (task.Health, task.WasHealthy) = ("HEALTHY", true);
        Settle(service);
    }

    private static void Settle(ServiceRecord service)
    {
        if (service.Status == "DRAINING" && service.Tasks.TrueForAll(task => task.HasEnded)) service.Status = "INACTIVE";
        var healthy = service.Tasks.Count(task => task is { LastStatus: "RUNNING", Health: "HEALTHY" });
        if (service.RolloutState == "IN_PROGRESS" && healthy >= service.Desired)
            (service.RolloutState, service.RolloutReason) = ("COMPLETED", "ECS deployment ecs-svc/1 completed.");
    }

    private void Start(ServiceRecord service)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var parts = RandomNumberGenerator.GetBytes(3);
        var task = new TaskRecord
        {
            Id = id,
            Arn = account.Arn("ecs", $"task/{service.Cluster}/{id}"),
            Address = $"127.{1 + parts[0] % 250}.{parts[1]}.{1 + parts[2] % 250}",
        };
        service.Tasks.Add(task);
        if (service.RunsProcesses)
        {
            account.Run(() => RunAsync(service, task));
            return;
        }

        task.LastStatus = "RUNNING";
        if (Failure is { } failure)
        {
            task.ContainerReason = failure;
            Finish(service, task, code: null);
        }
        else if (!IsHealthHeld) (task.Health, task.WasHealthy) = ("HEALTHY", true);
    }

    private void End(ServiceRecord service, TaskRecord task, string reason)
    {
        task.DesiredStatus = "STOPPED";
        task.StoppedReason = reason;
        if (task.Machine is not { } machine)
        {
            if (!service.RunsProcesses) Finish(service, task, 0);
            return;
        }

        var seconds = definitionOf(service.Definition).Items("containerDefinitions")[0].Number("stopTimeout") ?? DefaultStopSeconds;
        machine.SignalFirst(Signals.Terminate);
        account.Run(async () =>
        {
            if (await Task.WhenAny(machine.Ended, Task.Delay(account.Options.Grace ?? account.Seconds(seconds), account.Time))
                != machine.Ended) machine.Kill();
        });
    }

    private async Task RunAsync(ServiceRecord service, TaskRecord task)
    {
        JsonNode container;
        Dictionary<string, string> environment;
        string folder;
        lock (gate)
        {
            if (_isStopped || account.Machines.IsClosed) return;
            if (task.DesiredStatus == "STOPPED")
            {
                Finish(service, task, null);
                return;
            }

            var definition = definitionOf(service.Definition);
            container = definition.Items("containerDefinitions")[0];
            folder = account.NewFolder("task");
            environment = EnvironmentOf(definition, container, task, folder);
            var options = container["logConfiguration"]?["options"];
            var group = options.Text("awslogs-group")!;
            var stream = $"{options.Text("awslogs-stream-prefix")}/{container.Text("name")}/{task.Id}";
            logs.Create(group, stream);
            task.Machine = account.Machines.Start(new MachineSpec(
                [.. container.Texts("entryPoint"), .. container.Texts("command")], folder, environment,
                line => logs.Append(group, stream, line)));
            task.LastStatus = "RUNNING";
        }

        if (container["healthCheck"] is { } check) account.Run(() => CheckHealthAsync(service, task, check, folder, environment));
        var code = await task.Machine.Ended;
        lock (gate) Finish(service, task, code);
    }

    private async Task CheckHealthAsync(
        ServiceRecord service, TaskRecord task, JsonNode check, string folder, Dictionary<string, string> environment)
    {
        var command = check.Texts("command");
        while (!task.HasEnded && !account.Machines.IsClosed)
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", command[1]]) { WorkingDirectory = folder };
            start.Environment.Clear();
            foreach (var (name, value) in environment) start.Environment[name] = value;
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            lock (gate)
            {
                if (process.ExitCode == 0) (task.Health, task.WasHealthy) = ("HEALTHY", true);
                else if (task.WasHealthy) task.Health = "UNHEALTHY";
                Settle(service);
            }

            await Task.Delay(account.Seconds(check.Number("interval") ?? DefaultIntervalSeconds), account.Time);
        }
    }

    private void Finish(ServiceRecord service, TaskRecord task, int? code)
    {
        task.StoppedReason ??= code is null ? "Task failed to start" : "Essential container in task exited";
        (task.LastStatus, task.DesiredStatus, task.ExitCode, task.StoppedAt) = ("STOPPED", "STOPPED", code, account.Time.GetUtcNow());
        if (service.Status == "ACTIVE" && !task.WasHealthy && service.Desired > 0 && ++service.FailedTasks >= BreakerThreshold)
            (service.RolloutState, service.RolloutReason) = ("FAILED", "ECS deployment circuit breaker: tasks failed to start.");
        Adjust(service);
    }

    private Dictionary<string, string> EnvironmentOf(JsonObject definition, JsonNode container, TaskRecord task, string folder)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = JobEnvironment.Path,
            ["HOME"] = Directory.CreateDirectory($"{folder}/.home").FullName,
            ["TMPDIR"] = Directory.CreateDirectory($"{folder}/.tmp").FullName,
            ["HOSTNAME"] = task.Id,
            ["AWS_ENDPOINT_URL"] = account.Endpoint,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_REGION"] = account.Region,
            ["AWS_DEFAULT_REGION"] = account.Region,
            ["ECS_CONTAINER_METADATA_URI_V4"] = $"{account.Endpoint}{EcsMetadata.Prefix}{task.Id}",
        };
        foreach (var (name, value) in account.Options.MachineEnvironment) environment[name] = value;
        if (definition.Text("taskRoleArn") is { } role)
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = RoleCredentials.UriOf(account, account.RoleArn(role), task.Id);
        foreach (var secret in container.Items("secrets")) environment[secret.Text("name")!] = secretOf(secret.Text("valueFrom")!);
        foreach (var variable in container.Items("environment")) environment[variable.Text("name")!] = variable.Text("value") ?? "";
        return environment;
    }
}
