namespace Tenfold.App.Tests.Serving;

/// <summary>A program named docker that runs the containers' commands on this machine, and notes how it was called.</summary>
internal static class StubEngine
{
    private const string Script =
        """
        #!/usr/bin/python3
        import os, sys
        with open(LOG, 'a') as log: log.write(' '.join(sys.argv[1:]) + '\n')
        if sys.argv[1] != 'run': sys.exit(0)
        rest, variables, entry, folder = sys.argv[2:], {'PATH': '/usr/bin:/bin'}, None, '/'
        while rest[0].startswith('--'):
            option = rest.pop(0)
            if option == '--rm': continue
            value = rest.pop(0)
            if option == '--env': variables.update([value.split('=', 1)] if '=' in value else [(value, os.environ[value])])
            if option == '--env-file': variables.update(line.rstrip('\n').split('=', 1) for line in open(value))
            if option == '--entrypoint': entry = value
            if option == '--workdir': folder = value
        image = rest.pop(0)
        if image != 'example/python:3': sys.exit('docker: unknown image ' + image)
        os.chdir(folder)
        command = [entry or '/usr/bin/python3'] + (rest if entry else [ENTRY] + rest)
        os.execve(command[0], command, variables)
        """;

    /// <summary>Writes the program.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="entry">The script that an image starts by itself.</param>
    /// <returns>The folder for <c>PATH</c>.</returns>
    public static string Write(TemporaryFolder folder, string entry)
    {
        var script = Script.Replace("LOG", $"'{LogOf(folder)}'", StringComparison.Ordinal)
            .Replace("ENTRY", $"'{entry}'", StringComparison.Ordinal);
        var program = folder.Write("engine/docker", script);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Path.GetDirectoryName(program)!;
    }

    /// <summary>How it was called, a line each.</summary>
    public static string[] Calls(TemporaryFolder folder) => File.ReadAllLines(LogOf(folder));

    private static string LogOf(TemporaryFolder folder) => folder["engine.log"];
}
