using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli;

// Answered first, so that it takes no time.
if (args is ["--version"])
{
    Console.Out.WriteLine(Product.Version);
    return ExitCodes.Success;
}

var parsed = Root.Create(args).Parse(args is [] ? ["--help"] : args);
if (CommandLineErrors.Find(parsed) is { Count: > 0 } errors)
{
    foreach (var error in errors) Console.Error.WriteLine($"tenfold: {error}");
    Console.Error.WriteLine($"`{CommandLineErrors.Path(parsed)} --help` shows its arguments and options");
    return ExitCodes.BadInput;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
