namespace Coinsphere.Messaging.Torch.Tests;

public sealed class NativesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coinsphere-torch-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void MissingLibrary_IsNamedWithWhatPutsItThere()
    {
        var fault = Assert.Throws<DllNotFoundException>(() => Natives.Load(_folder.FullName, "linux-x64"));

        Assert.Equal($"libtorch_cpu.so is not in {_folder.FullName}, expected what a build or publish of src/Torch on linux-x64 puts there", fault.Message);
    }

    [Fact]
    public void DamagedLibrary_IsRefusedInALineWithTheCause()
    {
        var path = Path.Combine(_folder.FullName, "libtorch_cpu.so");
        File.WriteAllText(path, "no library");

        var fault = Assert.Throws<DllNotFoundException>(() => Natives.Load(_folder.FullName, "linux-x64"));

        Assert.StartsWith($"{path} cannot be loaded: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("file too short", fault.Message, StringComparison.Ordinal);
        Assert.Contains("libstdc++6", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData("linux-arm64")]
    [InlineData("linux-musl-x64")]
    public void OtherPlatform_IsRefusedByName(string platform)
    {
        var fault = Assert.Throws<DllNotFoundException>(() => Natives.Load(EngineFolder.Path, platform));

        Assert.Contains($"no native library for {platform}, only for linux-x64, win-x64, win-arm64 and osx-arm64", fault.Message, StringComparison.Ordinal);
    }
}
