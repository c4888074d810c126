using System.Diagnostics;
using Tenfold.Aws.Batch;
using Tenfold.Aws.S3;
using Tenfold.Aws.Sts;
using Tenfold.Aws.Wire;
using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests;

/// <summary>Starts this program as another process that performs one operation on a store.</summary>
internal static class OtherProcess
{
    private const string Variable = "TENFOLD_TEST_STORE_TASK";

    /// <summary>True in the other process.</summary>
    public static bool IsOne => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>The keys that each creating process tries to create.</summary>
    public const int Keys = 25;

    /// <summary>Creates the keys in turn as soon as the file appears, and prints those that it created.</summary>
    public static Process Create(string store, string? endpoint, string go) => Start("create", store, endpoint, go);

    /// <summary>Uploads a file.</summary>
    public static Process Put(string store, string? endpoint, string key, string file) => Start("put", store, endpoint, key, file);

    /// <summary>Appends numbered lines and flushes each, until it is killed; prints a number once it is flushed.</summary>
    public static Process Append(string store, string? endpoint, string folder) => Start("append", store, endpoint, folder);

    /// <summary>Downloads data from its origin.</summary>
    public static Process Fetch(string origin, string endpoint, string place) => Start("fetch", "/nowhere", endpoint, origin, place);

    /// <summary>Pins data in another environment and returns the outcome.</summary>
    public static async Task<string> PinAsync(string origin, string endpoint, params (string Name, string Value)[] environment)
    {
        using var process = Start("pin", "/nowhere", endpoint, [origin], environment);
        var words = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return words;
    }

    /// <summary>Writes in another environment and returns the error message.</summary>
    public static async Task<string> FaultAsync(string store, string? endpoint, params (string Name, string Value)[] environment)
    {
        using var process = Start("fault", store, endpoint, [], environment);
        var words = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return words;
    }

    /// <summary>Asks AWS who the user is, with nothing but this environment.</summary>
    public static async Task<string> WhoAmIAsync(params (string Name, string Value)[] environment)
    {
        using var process = Start("whoami", "/nowhere", null, [], environment);
        var words = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return words.TrimEnd();
    }

    /// <summary>Opens a store by its URL.</summary>
    public static IStore Open(string store, string? endpoint) =>
        store.StartsWith('/') ? new FolderStore(store) : S3Store.Open(store, new S3Options { Endpoint = endpoint });

    private static Process Start(string task, string store, string? endpoint, params string[] arguments) =>
        Start(task, store, endpoint, arguments, []);

    private static Process Start(string task, string store, string? endpoint, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment[Variable] = string.Join('\n', [task, store, endpoint ?? "", .. arguments]);
        // The tests themselves have credentials.
        if (task == "whoami")
            foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
                start.Environment.Remove(name);
        foreach ((var name, var value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Performs the operation when this is the other process.</summary>
    public static async Task<bool> RunAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } task) return false;
        var words = task.Split('\n');
        try
        {
            if (words[0] == "whoami") await AskAsync();
            else if (words[0] is "pin" or "fetch") await ReadAsync(words[0], words[2], words[3..]);
            else await RunAsync(Open(words[1], words[2].Length > 0 ? words[2] : null), words[0], words[3..]);
        }
        catch (StoreException e)
        {
            Console.WriteLine(e.Message);
        }
        return true;
    }

    private static async Task AskAsync()
    {
        try
        {
            // Only this client refuses FIPS endpoints.
            using var batch = new BatchClient(new AwsOptions());
            using var sts = new StsClient(new AwsOptions { MaxAttempts = 2 });
            Console.WriteLine((await sts.GetCallerIdentityAsync(default)).Arn);
        }
        catch (AwsException e)
        {
            Console.WriteLine($"{e.Fault}: {e.Message}");
        }
    }

    private static async Task ReadAsync(string task, string endpoint, string[] arguments)
    {
        using var origin = new S3Origin(arguments[0], new S3Options { Endpoint = endpoint });
        (var manifest, var words) = (await origin.PinAsync(default))
            .Match<(DataManifest?, string)>(pinned => (pinned.Manifest, "pinned"), refused => (null, refused.Fault));
        Console.WriteLine(
            task == "pin" || manifest is null ? words : await new OriginReader(origin).FetchAsync(manifest, arguments[1], default));
    }

    private static async Task RunAsync(IStore store, string task, string[] arguments)
    {
        switch (task)
        {
            case "create":
                var until = DateTime.UtcNow.AddMinutes(5);
                while (!File.Exists(arguments[0]) && DateTime.UtcNow < until) await Task.Delay(1);
                var content = BitConverter.GetBytes(Environment.ProcessId);
                for (var key = 0; key < Keys; key++)
                {
                    if (await store.TryCreateAsync($"claims/{key}/claim", content, default)) Console.WriteLine(key);
                }
                break;
            case "fault":
                await store.WriteAsync("x", default, default);
                break;
            case "put":
                await store.PutFileAsync(arguments[0], arguments[1], move: false, default);
                break;
            case "append":
                await using (var writer = store.AppendSegments(arguments[0]))
                {
                    for (var line = 0; ; line++)
                    {
                        await writer.AppendAsync(System.Text.Encoding.ASCII.GetBytes($"line {line}\n"), default);
                        await writer.FlushAsync(default);
                        Console.WriteLine(line);
                    }
                }
        }
    }
}
