using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// Runs a model in a separate process: this same assembly as a program, see <c>Program.cs</c>. It receives the file's content, not its path, and only
/// the environment variables that .NET needs, so that it cannot read a password.
/// </summary>
/// <param name="limits">Its limits of time and memory.</param>
/// <param name="program">The program and its first arguments; null for this assembly.</param>
internal sealed class FirstRun(OnnxLimits limits, IReadOnlyList<string>? program = null)
{
    public const int Refused = 3;

    private const int MaxAnswer = 4_000;
    private const int Signalled = 128;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    // The time to read the output of a process that has ended. A process that it started may keep the pipe open.
    private static readonly TimeSpan OutputTimeout = TimeSpan.FromSeconds(5);

    private static readonly string[] PassedVariables = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "DOTNET_ROOT", "DOTNET_ROLL_FORWARD"];

    /// <summary>Runs the model in the process.</summary>
    /// <exception cref="CheckpointException">The model is refused, crashes its process, or exceeds the limits.</exception>
    public void Run(OnnxModel model)
    {
        using var process = Start(model.Name);
        try
        {
            var answer = Converse(process, model.Content);
            if (LimitPassed(process) is { } limit)
            {
                throw Refuse(model, limit);
            }

            var code = process.ExitCode;
            if (code != 0)
            {
                throw code == Refused && answer.Wait(OutputTimeout) && answer.Result is { Length: > 0 } why
                    ? new CheckpointException(model.Name, "first run", why)
                    : Refuse(model, code > Signalled ? $"was ended by signal {code - Signalled}" : $"ended with exit code {code}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }
    }

    private static CheckpointException Refuse(OnnxModel model, string what) =>
        new(model.Name, "first run", $"its process {what}, expected it to give probabilities");

    private Process Start(string name)
    {
        var command = program ?? [Muxer(), "exec", Path.Join(AppContext.BaseDirectory, typeof(FirstRun).Assembly.GetName().Name + ".dll")];
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), "try", name, Number(limits.Time.TotalSeconds + 1), Number(limits.MemoryMb)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        start.Environment.Clear();
        foreach (var variable in PassedVariables)
        {
            if (Environment.GetEnvironmentVariable(variable) is { } value)
            {
                start.Environment[variable] = value;
            }
        }

        // Without a debugger's pipes and dumps, and with a heap of a few megabytes beside the network.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException)
        {
            throw new CheckpointException(name, "first run", $"no process could be started for it: {fault.Message}");
        }

        static string Number(double value) => Math.Ceiling(value).ToString(CultureInfo.InvariantCulture);
    }

    // The program that runs .dll files. Where this process was started by another program, it is three folders above the runtime.
    private static string Muxer() => Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet"
        ? own
        : Path.GetFullPath(Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    private static Task<string> Converse(Process process, ReadOnlyMemory<byte> content)
    {
        _ = SendAsync(process.StandardInput.BaseStream, content);
        _ = DrainAsync(process.StandardError.BaseStream);
        return ReceiveAsync(process.StandardOutput.BaseStream);
    }

    private static async Task SendAsync(Stream input, ReadOnlyMemory<byte> content)
    {
        try
        {
            await using (input)
            {
                await input.WriteAsync(content);
            }
        }
        catch (IOException)
        {
            // The process ended before it read everything. Its exit code says why.
        }
    }

    private static async Task<string> ReceiveAsync(Stream output)
    {
        var answer = new byte[MaxAnswer];
        var length = await output.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false);
        await DrainAsync(output);
        return Encoding.UTF8.GetString(answer, 0, length).Trim().ReplaceLineEndings(" ");
    }

    private static async Task DrainAsync(Stream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // The process was killed.
        }
    }

    private string? LimitPassed(Process process)
    {
        var clock = Stopwatch.StartNew();
        while (!process.WaitForExit(PollInterval))
        {
            if (clock.Elapsed > limits.Time)
            {
                return FormattableString.Invariant($"ran longer than {limits.Time.TotalSeconds:0.#} s");
            }

            try
            {
                process.Refresh();
                if (process.WorkingSet64 > limits.MemoryMb * 1_000_000L)
                {
                    return FormattableString.Invariant($"took more than {limits.MemoryMb} MB");
                }
            }
            catch (InvalidOperationException)
            {
                // The process has ended meanwhile.
            }
        }

        return null;
    }
}
