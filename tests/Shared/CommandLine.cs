using System.Diagnostics;

namespace Coinsphere.Messaging.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Without it, programs that tests start in the same folder would keep records in the same file.</summary>
    public static (string Key, string? Value) NoRecords => ("Records__File", "");

    /// <summary>Runs a program of this project, which is built beside the tests.</summary>
    public static Task<CommandResult> RunOwnAsync(
        string name,
        IEnumerable<string> arguments,
        string? folder = null,
        IEnumerable<(string Key, string? Value)>? environment = null,
        TimeSpan? limit = null) =>
        RunAsync("dotnet", [PathOf(name), .. arguments], folder: folder, environment: [NoRecords, .. environment ?? []], limit: limit);

    /// <param name="program">Its path, or its name on the search path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Variables set for it; those without a value are removed.</param>
    /// <param name="limit">The time after which it is killed.</param>
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        string? folder = null,
        IEnumerable<(string Key, string? Value)>? environment = null,
        TimeSpan? limit = null)
    {
        var start = StartOf(program, arguments, folder, environment);
        start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        using var stop = new CancellationTokenSource(limit ?? Limit);
        var output = process.StandardOutput.ReadToEndAsync(stop.Token);
        var errors = process.StandardError.ReadToEndAsync(stop.Token);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} ran for more than {limit ?? Limit}");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, $"Coinsphere.Messaging.{name}.dll");

    /// <summary>How a program is started whose streams are read.</summary>
    public static ProcessStartInfo StartOf(
        string program, IEnumerable<string> arguments, string? folder, IEnumerable<(string Key, string? Value)>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (key, value) in environment ?? [])
        {
            start.Environment[key] = value;
            if (value is null)
            {
                start.Environment.Remove(key);
            }
        }

        return start;
    }
}

/// <summary>What a program did.</summary>
internal sealed record CommandResult(int Code, string Output, string Errors);
