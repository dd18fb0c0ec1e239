using Coinsphere.Messaging.Forecasting.Checkpoints;
using static Coinsphere.Messaging.Onnx.Tests.TestOnnx;

namespace Coinsphere.Messaging.Onnx.Tests;

/// <summary>A file whose first run ends its process, or never ends, takes nothing else down.</summary>
public sealed class FirstRunTests
{
    [Fact]
    public void NetworkThatTakesTooMuchMemory_IsRefused()
    {
        var file = new TestOnnx().Holding(Integers("size", 30_000, 30_000));
        file.Nodes
            .AddRange([Node("ConstantOfShape", ["size"], ["large"]), Node("ReduceSum", ["large"], ["sum"]), Node("Add", ["probabilities", "sum"], ["more"])]);
        file.Outputs[0] = Value("more", 1, null, 3);

        Assert.Contains(
            "TEST_best.onnx: first run: ",
            Fault(() => new FirstRun(new OnnxLimits(TimeSpan.FromMinutes(1), 500)).Run(file.Read())),
            StringComparison.Ordinal);
    }

    [Fact]
    public void NetworkThatTakesTooLong_IsRefused()
    {
        // Each is fed the one before, so none can be left out.
        var file = new TestOnnx().Holding(Integers("size", 1_000, 1_000));
        file.Nodes.AddRange(
            [Node("ReduceSum", ["flat"], ["number"], Number("keepdims", 1)), Node("ConstantOfShape", ["size"], ["zeros"]), Node(
                "Add",
                ["zeros", "number0"],
                ["large0"])]);
        file.Nodes[3] = Node("ReduceSum", ["flat"], ["number0"], Number("keepdims", 0));
        for (var i = 0; i < 2_000; i++)
        {
            file.Nodes.Add(Node("MatMul", [$"large{i}", $"large{i}"], [$"large{i + 1}"]));
        }

        file.Nodes.AddRange([Node("ReduceSum", ["large2000"], ["sum"], Number("keepdims", 0)), Node("Add", ["probabilities", "sum"], ["more"])]);
        file.Outputs[0] = Value("more", 1, null, 3);

        Assert.Contains(
            "first run: its process ran longer than 2 s",
            Fault(() => new FirstRun(new OnnxLimits(TimeSpan.FromSeconds(2), 1_000)).Run(file.Read())),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill -SEGV $$", 60, "its process was ended by signal 11")]
    [InlineData("exit 9", 60, "its process ended with exit code 9")]
    [InlineData("echo 'forward pass: no'; exit 3", 60, "TEST_best.onnx: first run: forward pass: no")]
    [InlineData("exit 3", 60, "its process ended with exit code 3")]
    [InlineData("while :; do :; done", 1, "its process ran longer than 1 s")]
    [InlineData("yes", 1, "its process ran longer than 1 s")]
    [InlineData("printenv COINSPHERE_SECRET; exit 3", 60, "its process ended with exit code 3")]
    public void ProcessThatDoesNotEndWell_IsARefusal(string script, int seconds, string expected)
    {
        Environment.SetEnvironmentVariable("COINSPHERE_SECRET", "secret");

        Assert.Contains(
            expected,
            Fault(() => new FirstRun(new OnnxLimits(TimeSpan.FromSeconds(seconds), 1_000), ["/bin/sh", "-c", script]).Run(new TestOnnx().Read())),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ProgramThatIsNotThere_IsARefusal() =>
        Assert.Contains(
            "no process could be started for it",
            Fault(() => new FirstRun(OnnxLimits.Default, ["/nowhere/dotnet"]).Run(new TestOnnx().Read())),
            StringComparison.Ordinal);

    [Fact]
    public void MissingNativeLibrary_IsSaidInALine()
    {
        var folder = Directory.CreateTempSubdirectory("onnx-").FullName;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var fault = Fault(
            () => new FirstRun(OnnxLimits.Default, ["dotnet", "exec", Path.Combine(folder, "Coinsphere.Messaging.Onnx.dll")]).Run(new TestOnnx().Read()));

        Assert.StartsWith("TEST_best.onnx: first run: the native library of ONNX Runtime cannot be loaded on ", fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
        Directory.Delete(folder, recursive: true);
    }

    private static string Fault(Action run) => Assert.Throws<CheckpointException>(run).Message;
}
