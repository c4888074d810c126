using System.IO.Pipes;
using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.App.Serving.Replicas;

/// <summary>
/// A small process that ends this process's replicas when this process is killed. It reads the replicas' groups from a pipe. When the
/// pipe ends, it sends SIGTERM to every group that is left, and SIGKILL after five seconds. Safe for several threads at once.
/// </summary>
/// <remarks>
/// The system closes the pipe however this process ends. The guard has a session of its own, so that no signal to this process's group
/// ends it too. Linux's parent-death signal is no substitute: it depends on the thread that started a child.
/// </remarks>
internal sealed class ReplicaGuard : IDisposable
{
    private const string Script =
        """
        trap '' TERM INT HUP PIPE
        groups=
        while read -r verb group; do
          case $verb in
            add) groups="$groups $group" ;;
            del) left=; for g in $groups; do [ "$g" = "$group" ] || left="$left $g"; done; groups=$left ;;
          esac
        done
        for g in $groups; do kill -s TERM -- "-$g" 2> /dev/null; done
        tries=0
        while [ "$tries" -lt 50 ]; do
          alive=
          for g in $groups; do kill -s 0 -- "-$g" 2> /dev/null && alive=1; done
          [ -n "$alive" ] || exit 0
          sleep 0.1
          tries=$((tries + 1))
        done
        for g in $groups; do kill -s KILL -- "-$g" 2> /dev/null; done
        """;

    private readonly AnonymousPipeServerStream _pipe;
    private readonly Lock _gate = new();

    private ReplicaGuard(AnonymousPipeServerStream pipe) => _pipe = pipe;

    /// <summary>Starts the guard.</summary>
    /// <param name="searchPath">The folders in which it finds <c>sleep</c>; null for the system's.</param>
    /// <param name="time">The clock.</param>
    public static ReplicaGuard Start(string? searchPath, TimeProvider time)
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        ChildProcess.Start(
            new ProcessStart
            {
                Program = "/bin/sh",
                Arguments = ["-c", Script],
                Environment = new Dictionary<string, string> { ["PATH"] = searchPath ?? "/usr/local/bin:/usr/bin:/bin" },
                Folder = "/",
                Input = pipe.ClientSafePipeHandle,
                NewSession = true,
            },
            time);
        pipe.DisposeLocalCopyOfClientHandle();
        return new ReplicaGuard(pipe);
    }

    /// <summary>Adds a replica's process group.</summary>
    public void Add(int group) => Write($"add {group}\n");

    /// <summary>Removes a group that has ended: its id may be given to another one.</summary>
    public void Remove(int group) => Write($"del {group}\n");

    /// <summary>Ends the guard. Groups that were not removed are ended too.</summary>
    public void Dispose()
    {
        lock (_gate) _pipe.Dispose();
    }

    private void Write(string line)
    {
        try
        {
            lock (_gate) _pipe.Write(Encoding.ASCII.GetBytes(line));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Without a guard, the next owner's search finds the replicas by their marker.
        }
    }
}
