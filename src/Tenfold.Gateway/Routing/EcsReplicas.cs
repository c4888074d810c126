using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;
using Tenfold.Core.Versions;

namespace Tenfold.Gateway.Routing;

/// <summary>Finds the tasks of versions that run as services of ECS. Other versions are left to another host.</summary>
/// <param name="others">The host of the other versions.</param>
/// <param name="tasks">Finds tasks.</param>
/// <param name="pause">The pause between two looks at a version's tasks.</param>
/// <param name="time">The clock.</param>
public sealed class EcsReplicas(IReplicaHost others, VersionTasks tasks, TimeSpan pause, TimeProvider time) : IReplicaHost
{
    /// <summary>The pause that a gateway uses.</summary>
    public static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(3);

    // Longer than the time between two looks at the requests of a task. Several gateways may protect a task, so none takes it back.
    private const int ProtectedMinutes = 2;

    /// <inheritdoc/>
    public Task<Outcome<IReplicaSet>> StartAsync(ModelVersion version, CancellationToken cancellationToken) =>
        version.Service is { } service
            ? Task.FromResult(Outcome.Of<IReplicaSet>(new ServiceTasks(service, tasks, pause, time)))
            : others.StartAsync(version, cancellationToken);

    /// <summary>The tasks of one service. Nothing is started or ended: ECS does that.</summary>
    private sealed class ServiceTasks : IReplicaSet
    {
        private readonly string _service;
        private readonly VersionTasks _tasks;
        private readonly TimeSpan _pause;
        private readonly TimeProvider _time;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _following;
        private volatile IReadOnlyList<Uri> _ready = [];
        private volatile string? _fault;
        private volatile IReadOnlyDictionary<Uri, string> _arns = new Dictionary<Uri, string>();

        public ServiceTasks(string service, VersionTasks tasks, TimeSpan pause, TimeProvider time)
        {
            (_service, _tasks, _pause, _time) = (service, tasks, pause, time);
            _following = SocketThreads.RunElsewhereAsync(FollowAsync);
        }

        public IReadOnlyList<Uri> Ready => _ready;

        public string? Fault => _fault;

        // ECS starts a task again by itself, and a version without healthy tasks is not ready.
        public bool IsCrashLooping => false;

        public async Task ProtectAsync(IReadOnlyList<Uri> addresses, CancellationToken cancellationToken)
        {
            var arns = _arns;
            await _tasks.ProtectAsync(
                addresses.Select(address => arns.GetValueOrDefault(address)).OfType<string>(), ProtectedMinutes, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _following;
            _stop.Dispose();
        }

        private async Task FollowAsync()
        {
            try
            {
                using var timer = new PeriodicTimer(_pause, _time);
                do await LookAsync();
                while (await timer.WaitForNextTickAsync(_stop.Token));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The gateway no longer serves the version.
            }
        }

        private async Task LookAsync()
        {
            try
            {
                var found = await _tasks.ListAsync(_service, _stop.Token);
                List<Uri> ready = [.. found.Where(task => task.IsReady).Select(task => task.Address!).OrderBy(uri => uri.Host)];
                _arns = found.Where(task => task.IsReady).ToDictionary(task => task.Address!, task => task.Arn);
                if (!ready.SequenceEqual(_ready)) _ready = ready;
                _fault = ready.Count > 0 ? null
                    : found.Count == 0 ? $"its service {_service} runs no task" : $"no task of its service {_service} is healthy";
            }
            catch (AwsException e)
            {
                // The known tasks may well be alive while ECS can't be asked.
                _fault = e.Message;
            }
        }
    }
}
