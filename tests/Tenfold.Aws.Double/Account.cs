using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tenfold.Aws.Double.Identity;
using Tenfold.Aws.Double.Machines;

namespace Tenfold.Aws.Double;

/// <summary>What all services of the double share.</summary>
internal sealed class Account : IDisposable
{
    private readonly List<Task> _writing = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tenfold-aws-");

    public Account(AwsDoubleOptions options)
    {
        Options = options;
        Credentials = new CredentialStore(options.Time, options.Account);
        AddUser(expires: null);
    }

    public AwsDoubleOptions Options { get; }

    public CredentialStore Credentials { get; }

    public MachineRoom Machines { get; } = new();

    /// <summary>Actions that the user may not call, such as <c>batch:SubmitJob</c>.</summary>
    public ConcurrentDictionary<string, bool> DeniedActions { get; } = new();

    /// <summary>What is wrong with requests, answers and the double itself.</summary>
    public ConcurrentQueue<string> Defects { get; } = new();

    public string Folder => _folder.FullName;

    /// <summary>The double's own endpoint.</summary>
    public string Endpoint { get; set; } = "";

    public TimeProvider Time => Options.Time;

    public string Region => Options.Region;

    public string Id => Options.Account;

    public string Arn(string service, string resource) => $"arn:aws:{service}:{Region}:{Id}:{resource}";

    public string RoleArn(string name) => name.StartsWith("arn:", StringComparison.Ordinal) ? name : $"arn:aws:iam::{Id}:role/{name}";

    /// <summary>Sets when the user's keys end; null for never.</summary>
    public void AddUser(DateTimeOffset? expires) =>
        Credentials.Add(new(Options.AccessKey, Options.Secret, null, $"arn:aws:iam::{Id}:user/tester", expires));

    /// <summary>A new id of EC2's form.</summary>
    public static string NewId(string prefix) => $"{prefix}-{RandomNumberGenerator.GetHexString(17, lowercase: true)}";

    /// <summary>So many of AWS's seconds.</summary>
    public TimeSpan Seconds(double number) => Options.Second * number;

    /// <summary>A folder that nobody has used.</summary>
    public string NewFolder(string name)
    {
        var path = $"{Folder}/{name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(Machines.IsClosed, this);
            Directory.CreateDirectory(path);
        }

        return path;
    }

    /// <summary>Runs work in the background; an exception is a defect of the double.</summary>
    public void Run(Func<Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception) when (Machines.IsClosed)
        {
            // The end of the double interrupts what is under way.
        }
        catch (Exception e)
        {
            Defects.Enqueue(e.ToString());
        }
    });

    /// <summary>Runs work that writes files of the double. Its end waits for such work, and begins no more of it.</summary>
    public async Task<T> WriteAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(Machines.IsClosed, this);
            _writing.Add(done.Task);
        }

        try
        {
            return await work();
        }
        finally
        {
            lock (_writing) _writing.Remove(done.Task);
            done.SetResult();
        }
    }

    // The machines have ended.
    public void Dispose()
    {
        Task[] writing;
        lock (_writing)
        {
            Machines.Close();
            writing = [.. _writing];
        }

        Task.WaitAll(writing);
        System.Diagnostics.Process.Start("rm", ["-rf", Folder]).WaitForExit();
    }
}
