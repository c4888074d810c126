using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli;
using Tenfold.Cli.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;

// Answered first, so that it takes no time.
if (args is ["--version"])
{
    Console.Out.WriteLine(Product.Version);
    return ExitCodes.Success;
}

// What a run starts must be found by its variables when the run ends.
if (Environment.GetEnvironmentVariable(QueueLifecycle.Marker) is null) ProcessPrivacy.Protect();
Terminal.Guard();
var parsed = Root.Create(args).Parse(args is [] ? ["--help"] : args);
if (CommandLineErrors.Find(parsed) is { Count: > 0 } errors)
{
    foreach (var error in errors) Console.Error.WriteLine($"tenfold: {error}");
    Console.Error.WriteLine($"`{CommandLineErrors.Path(parsed)} --help` shows its arguments and options");
    return ExitCodes.BadInput;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
